// Reads, commands, lists and constraints in TypeScript.
#include <set>

#include "core/contract/source_text.hpp"
#include "core/contract/typescript_entities.hpp"

namespace primecloud::contract {
namespace {

std::string arguments_of(const typescript_types &types, const node &function) {
  if (function["arguments"].items.empty()) return "{ [argument: string]: never }";
  std::vector<std::string> members;
  for (const auto &argument : function["arguments"].items) {
    const char *colon = argument["optional"].flag_or(false) ? "?: " : ": ";
    const char *null = argument["nullable"].flag_or(false) ? " | null" : "";
    members.push_back(property(argument["key"].text) + colon + types.to_write(argument) + null);
  }
  return "{ " + joined(members, "; ") + " }";
}

std::string returned(const typescript_types &types, const node &function) {
  const node &returns = function["returns"];
  std::string type = types.result(returns);
  if (returns["nullable"].flag_or(false) && type != "null") type += " | null";
  return function["many"].flag_or(false) ? within_brackets(type) + "[]" : type;
}

std::string errors_of(const node &function) {
  std::vector<std::string> codes;
  for (const auto &code : function["errors"].texts()) codes.push_back(string_literal(code));
  return codes.empty() ? "string" : joined(codes, " | ");
}

std::string section(const typescript_types &types, const char *name, const char *key, bool commands) {
  std::string text = std::string("export interface ") + name + " {\n";
  for (const auto &[function, overloads] : types.contract()[key].members) {
    std::vector<std::string> forms;
    std::string described;
    for (const auto &overload : overloads.items) {
      if (described.empty()) described = overload["description"].text;
      std::string form = "{ args: " + arguments_of(types, overload) + "; returns: " + returned(types, overload);
      if (commands) form += "; errors: " + errors_of(overload);
      forms.push_back(form + " }");
    }
    if (forms.empty()) continue;
    text += documentation(described, "  ") + "  " + property(overloads.items.front()["key"].text) + ": " +
            joined(forms, " | ") + ";\n";
  }
  return text + "}\n\n";
}

std::string results(const typescript_types &types) {
  std::string text;
  for (const auto &[name, returns] : result_rows(types.contract()))
    text += "export interface " + name + " {\n" + typescript_columns(types, (*returns)["row"], "", {}) + "}\n\n";
  return text;
}

std::string keys_of(const node &entity, const node &columns) {
  std::vector<std::string> keys;
  for (const auto &column : columns.items) {
    if (column.is == node::kind::text) keys.push_back(string_literal(entity["columns"][column.text]["key"].text));
  }
  return "[" + joined(keys, ", ") + "]";
}

}  // namespace

std::map<std::string, const node *> result_rows(const node &contract) {
  std::map<std::string, const node *> rows;
  for (const auto *section : {"reads", "commands"}) {
    for (const auto &[function, overloads] : contract[section].members) {
      for (const auto &overload : overloads.items) {
        if (overload["returns"].has("row")) rows.emplace(overload["returns"]["name"].text, &overload["returns"]);
      }
    }
  }
  return rows;
}

std::string typescript_functions(const typescript_types &types) {
  return results(types) + section(types, "Reads", "reads", false) + section(types, "Commands", "commands", true) +
         "/** What a command may fail with: `code` is one of those that it says. */\n"
         "export interface CommandError<K extends keyof Commands> {\n"
         "  code: Commands[K] extends { errors: infer E } ? E : string;\n"
         "  message: string;\n  detail?: string;\n  hint?: string;\n  constraint?: string;\n}\n\n";
}

std::string typescript_constraints(const node &contract) {
  std::map<std::string, std::set<std::string>> told;
  const auto add = [&](const std::string &name, const std::string &code, const std::string &entity,
                       const std::string &keys) {
    told[name].insert("{ code: " + string_literal(code) + "; entity: " + string_literal(entity) + "; keys: " + keys +
                      " }");
  };
  for (const auto &[name, entity] : contract["entities"].members) {
    if (entity["outside"].flag_or(false)) continue;
    for (const auto &[key, is] : entity["keys"].members) add(key, "23505", name, keys_of(entity, is["columns"]));
    for (const auto &[key, is] : entity["relations"].members) add(key, "23503", name, keys_of(entity, is["columns"]));
    for (const auto &[rule, code] : entity["rules"].members)
      add(rule, code.text, name, keys_of(entity, entity["checks"][rule]["columns"]));
  }
  std::string text =
      "/** What `constraint` of an error names, so that it can be shown at its fields. */\nexport interface "
      "Constraints {\n";
  for (const auto &[name, forms] : told) text += "  " + property(name) + ": " + joined(forms, " | ") + ";\n";
  return text + "}\n\n";
}

std::string typescript_lists(const node &contract) {
  std::string text = "export interface Lists {\n";
  for (const auto &[name, list] : contract["lists"].members) {
    std::vector<std::string> sort, filter;
    for (const auto &by : list["sort"].items) {
      std::vector<std::string> parts;
      for (const auto &part : by.texts()) parts.push_back(string_literal(part));
      sort.push_back("[" + joined(parts, ", ") + "]");
    }
    for (const auto &argument : list["filter"].texts()) filter.push_back(string_literal(argument));
    const std::string key =
        contract["reads"][name].items.empty() ? name : contract["reads"][name].items.front()["key"].text;
    const std::string back = list.has("back") ? string_literal(list["back"].text) : "null";
    text += "  " + property(key) + ": { sort: [" + joined(sort, ", ") + "]; filter: [" + joined(filter, ", ") +
            "]; back: " + back + " };\n";
  }
  return text + "}\n\n";
}

}  // namespace primecloud::contract
