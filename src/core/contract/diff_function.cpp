// Reads and commands: kinds, results and errors.
#include <algorithm>
#include <set>

#include "core/contract/contract_pair.hpp"
#include "core/contract/overloads.hpp"
#include "core/contract/pause.hpp"

namespace primecloud::contract {
namespace {

bool is_procedure(const node &function) { return function["kind"].text == "procedure"; }

// Whether both are rows: a table's, a composite's, or columns of their own.
const node *row_of(const node &contract, const node &returns) {
  if (returns.has("row")) return &returns["row"];
  if (returns["of"].text != "composite" || returns.has("dimensions") || returns.has("wire")) return nullptr;
  return &contract["entities"][returns["type"].text]["columns"];
}

void diff_result(contract_pair &both, const std::string &name, const node &before, const node &after) {
  const node &was = before["returns"], &is = after["returns"];
  const std::string object = name + "->";
  const bool void_before = was["void"].flag_or(false), void_after = is["void"].flag_or(false);
  if (void_before && void_after) return;
  if (void_before || void_after) {
    return both.tell(object, "result_changed", void_after, false,
                     void_after ? "nothing comes back" : "a value comes back");
  }
  if (before["many"] != after["many"])
    both.tell(object, "result_changed", true, false,
              after["many"].flag_or(false) ? "many where one came" : "one where many came");
  place at;
  at.object = object;
  at.used = {true, false};
  const value_type old_type = both.old_type(was), new_type = both.new_type(is);
  diff_nullability(was["nullable"].flag_or(false), is["nullable"].flag_or(false), old_type, new_type, at, both.found);
  if (!was.has("row") && !is.has("row") && old_type.type == new_type.type && old_type.of == "composite" &&
      old_type.of == new_type.of && old_type.dimensions == new_type.dimensions &&
      old_type.any_json == new_type.any_json)
    return;
  const node *old_row = row_of(both.before, was), *new_row = row_of(both.after, is);
  if (old_row != nullptr && new_row != nullptr) {
    static const node none;
    return diff_columns(both, {*old_row, true, false}, {*new_row, true, false}, {object, "result", none, none});
  }
  if (old_row != nullptr || new_row != nullptr)
    return both.tell(object, "result_changed", true, false,
                     old_row != nullptr ? "a value where a row came" : "a row where a value came");
  for (const auto *key : {"domain", "element_domain", "source"}) {
    if (was.has(key) && was[key] == is[key]) at.causes.push_back(was[key].text);
  }
  if (was["of"].text == "enum" && was["type"] == is["type"]) at.causes.push_back(was["type"].text);
  diff_values(old_type, new_type, at, both.found);
}

void diff_errors(contract_pair &both, const std::string &name, const node &before, const node &after) {
  const auto was = before["errors"].texts(), is = after["errors"].texts();
  const auto without = [](const std::vector<std::string> &from, const std::vector<std::string> &others) {
    std::string list;
    for (const auto &code : from) {
      pausing::now_and_then();
      if (std::find(others.begin(), others.end(), code) == others.end()) list += (list.empty() ? "" : ", ") + code;
    }
    return list;
  };
  if (const auto come = without(is, was); !come.empty())
    both.tell(name, "error_added", false, true, "it may fail with " + come);
  if (const auto gone = without(was, is); !gone.empty())
    both.tell(name, "error_removed", false, false, "no more " + gone);
}

void diff_function(contract_pair &both, const std::string &name, const overload &old, const overload &next) {
  const node &before = *old.told, &after = *next.told;
  const bool procedures = is_procedure(before) != is_procedure(after);
  if (procedures) {
    both.tell(name, "function_kind_changed", true, true, is_procedure(after) ? "CALL, not SELECT" : "SELECT, not CALL");
  } else if (old.command != next.command) {
    both.tell(name, "function_kind_changed", next.command, false,
              next.command ? "a command runs in no read-only transaction" : "it writes nothing any more");
  }
  diff_arguments(both, name, before, after);
  if (!procedures) diff_result(both, name, before, after);
  diff_errors(both, name, before, after);
}

}  // namespace

void diff_functions(contract_pair &both) {
  std::set<std::string> names;
  for (const auto *section : {"reads", "commands"}) {
    for (const auto &[name, functions] : both.before[section].members) names.insert(name);
    for (const auto &[name, functions] : both.after[section].members) names.insert(name);
  }
  for (const auto &name : names) {
    const auto before = overloads_of(both.before, name), after = overloads_of(both.after, name);
    const auto pairs = pair_overloads(before, after);
    for (const auto &[old, next] : pairs.same) diff_function(both, name, old, next);
    if (!pairs.gone.empty()) both.tell(name, "function_removed", true, true, "it is not there any more");
    for (const auto &next : pairs.come) {
      const bool ambiguous = std::any_of(pairs.same.begin(), pairs.same.end(),
                                         [&](const auto &kept) { return is_ambiguous(*kept.first.told, *next.told); });
      both.tell(name, ambiguous ? "overload_ambiguous" : "function_added", false, ambiguous,
                ambiguous ? "calls that found one function find two" : "nobody called it");
    }
  }
}

void diff_lists(contract_pair &both) {
  for (const auto &[name, before] : both.before["lists"].members) {
    if (overloads_of(both.after, name).empty()) continue;
    const node &after = both.after["lists"][name];
    const bool same =
        before["scope"] == after["scope"] && before["sort"] == after["sort"] && before["filter"] == after["filter"];
    if (!same) {
      both.tell(name, "cursor_scope_changed", false, true, "cursors that clients hold are refused with 22023");
    } else if (before["back"] != after["back"] && !overloads_of(both.after, before["back"].text).empty()) {
      both.tell(name, "cursor_scope_changed", false, true,
                "its cursors do not go back with " + before["back"].text + " any more");
    }
  }
}

}  // namespace primecloud::contract
