// A type of the contract as a type of TypeScript, on each of the two wires and for what is sent.
#pragma once

#include <map>
#include <string>

#include "core/contract/emit.hpp"
#include "core/contract/node.hpp"
#include "core/contract/value_type.hpp"

namespace primecloud::contract {

class typescript_types {
 public:
  typescript_types(const node &contract, const emit_options &options) : contract_(contract), options_(options) {}

  std::string in_json(const node &told) const;    // what to_camel_json writes
  std::string in_row(const node &told) const;     // what node-postgres gives
  std::string to_write(const node &told) const;   // what is sent, in an insert or as an argument
  std::string result(const node &returns) const;  // of one call, without null and without many

  // The name of a type, enum, table or composite.
  std::string name_of(const value_type &type) const;
  const node &contract() const { return contract_; }

 private:
  std::string json_base(const value_type &type) const;
  std::string row_base(const value_type &type) const;
  std::string write_base(const value_type &type) const;
  std::string array_of(const std::string &element, const value_type &type) const;

  const node &contract_;
  const emit_options &options_;
};

// `a | b`, in brackets where it stands within another type.
std::string within_brackets(const std::string &type);

}  // namespace primecloud::contract
