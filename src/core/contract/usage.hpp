// Where the named types of a contract are used: what is read of them, and what is sent.
#pragma once

#include <map>
#include <string>

#include "core/contract/change.hpp"
#include "core/contract/node.hpp"

namespace primecloud::contract {

struct usage {
  std::map<std::string, use> types;                           // enums, domains, composites and rows of tables
  std::map<std::string, std::map<std::string, bool>> places;  // by type, where it stands: t.c, f(a), f->, f->c

  use of(const std::string &type) const;
};
usage read_usage(const node &contract);

// Whether a column of that class is kept from every read.
bool is_unread(const node &column);

// Whether a client sends the column: neither generated always, nor out of a role's or a view's reach.
bool is_written(const node &column);

}  // namespace primecloud::contract
