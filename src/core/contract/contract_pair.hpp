// What the parts of the diff share: both contracts, where their types are used, which
// types were renamed, and the rows that were found.
#pragma once

#include <map>
#include <string>

#include "core/contract/change.hpp"
#include "core/contract/diff_value.hpp"
#include "core/contract/node.hpp"
#include "core/contract/usage.hpp"
#include "core/contract/value_type.hpp"

namespace primecloud::contract {

struct contract_pair {
  const node &before, &after;
  usage used_before, used_after;
  std::map<std::string, std::string> renamed;  // types, old names by new ones
  changes found;

  value_type old_type(const node &told) const { return read_value_type(told, before["enums"]); }
  value_type new_type(const node &told) const;
  use of(const std::string &type) const;

  void tell(std::string object, const char *name, bool readers, bool writers, std::string reason,
            std::vector<std::string> causes = {});
};

// Types, nullability and what the domains of the place demand besides.
void diff_typed(contract_pair &both, const node &before, const node &after, place at);

void find_renamed(contract_pair &both);
void diff_types(contract_pair &both);
void diff_entities(contract_pair &both);
void diff_functions(contract_pair &both);
void diff_lists(contract_pair &both);
void diff_arguments(contract_pair &both, const std::string &name, const node &before, const node &after);

// Columns of an entity, attributes of a composite, columns of a result: `prefix` is "t." or "f->".
struct column_side {
  const node &columns;
  bool readable, writable;
};
struct column_place {
  std::string prefix;
  std::string kind;  // of the entity, "result" for what a function returns
  const node &old_checks, &new_checks;
};
void diff_columns(contract_pair &both, const column_side &before, const column_side &after, const column_place &at);

void diff_default(contract_pair &both, const node &before, const node &after, const place &at);
void diff_generated(contract_pair &both, const node &before, const node &after, const place &at);
void diff_class(contract_pair &both, const node &before, const node &after, const std::string &object,
                const std::vector<std::string> &causes);
void diff_keys(contract_pair &both, const std::string &entity, const node &before, const node &after);
void diff_relations(contract_pair &both, const std::string &entity, const node &before, const node &after);
void diff_writes(contract_pair &both, const std::string &entity, const node &before, const node &after);
void diff_rules(contract_pair &both, const std::string &entity, const node &before, const node &after);

}  // namespace primecloud::contract
