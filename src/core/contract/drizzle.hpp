// Parts of the file for Drizzle, from what the catalog holds (primecloud_internal.contract_drizzle_facts).
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/contract/emit.hpp"
#include "core/contract/node.hpp"

namespace primecloud::contract {

class drizzle_file {
 public:
  drizzle_file(const node &facts, const emit_options &options);
  std::string text();

 private:
  std::string column(const std::string &name, const node &column, bool primary);
  std::string built_in(const std::string &type, const std::string &name, const node &column);
  std::string filled(const node &column);
  std::string table(const std::string &name, const node &relation);
  std::string view(const std::string &name, const node &relation);
  std::vector<std::string> extras(const std::string &name, const node &relation);
  std::string key(const std::string &name, const node &constraint, const node &relation);
  std::string index(const std::string &name, const node &index);
  std::string policy(const std::string &name, const node &policy);
  std::string relations();

  std::string property_of(const std::string &column) const;
  std::string columns_of(const std::string &table, const node &columns) const;  // [t.id, t.name]
  std::string constant_of(const std::string &relation) const { return constants_.at(relation); }
  std::string use(const char *name) { return used_.insert(name), name; }

  const node &facts_;
  const emit_options &options_;
  std::map<std::string, std::string> constants_;  // of relations and enums ("enum st"), by SQL name
  std::set<std::string> used_;                    // what is imported from drizzle-orm/pg-core
};

// SQL within a template: sql`...`
std::string sql_template(std::string_view text);

// Columns in their places.
std::vector<std::pair<std::string, const node *>> placed(const node &columns);

}  // namespace primecloud::contract
