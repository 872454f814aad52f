#include "core/contract/typescript_entities.hpp"

#include <algorithm>

#include "core/contract/decimal.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

bool is_table(const node &entity) { return entity["kind"].text == "table" || entity["kind"].text == "foreign table"; }

// Beyond 2^53 - 1 a double rounds; a value that a CHECK bounds never comes there.
bool is_unsafe(const node &column) {
  const value_type type = read_value_type(column, node{});
  if (!type.is_builtin("int8") && !type.is_own("byte_size")) return false;
  if (type.values) return false;
  return !type.low || !type.high || compare_written(type.low->number, "-9007199254740991") < 0 ||
         compare_written(type.high->number, "9007199254740991") > 0;
}

std::string comment_of(const node &column, bool json) {
  std::string text = column["description"].text;
  if (column["class"].text == "pii") text += text.empty() ? "@pii" : "\n@pii";
  if (json && is_unsafe(column)) text += text.empty() ? "@unsafe" : "\n@unsafe may be beyond 2^53 - 1";
  return documentation(text, "  ");
}

std::string or_null(const std::string &type, const node &column) {
  return column["nullable"].flag_or(false) ? type + " | null" : type;
}

std::string row_interface(const typescript_types &types, const std::string &name, const node &entity) {
  std::string body = "export interface " + name + "Row {\n";
  for (const auto &[column, told] : in_place(entity["columns"])) {
    if (is_unread(*told)) continue;
    body += comment_of(*told, false) + "  " + property(column) + ": " + or_null(types.in_row(*told), *told) + ";\n";
  }
  return body + "}\n\n";
}

std::string written(const typescript_types &types, const std::string &name, const node &entity, bool insert) {
  std::string body = "export interface " + name + (insert ? "Insert" : "Update") + " {\n";
  for (const auto &[column, told] : in_place(entity["columns"])) {
    if (insert ? !is_inserted(*told) : !is_updated(*told)) continue;
    const char *colon = insert && is_required(*told) ? ": " : "?: ";
    body += "  " + property((*told)["key"].text) + colon + or_null(types.to_write(*told), *told) + ";\n";
  }
  return body + "}\n\n";
}

}  // namespace

std::vector<std::pair<std::string, const node *>> in_place(const node &columns) {
  std::vector<std::pair<std::string, const node *>> ordered;
  for (const auto &[name, column] : columns.members) ordered.emplace_back(name, &column);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto &a, const auto &b) {
    return (*a.second)["position"].count_or(0) < (*b.second)["position"].count_or(0);
  });
  return ordered;
}

bool is_inserted(const node &column) { return is_written(column) && column["insert"].flag_or(true); }
bool is_updated(const node &column) { return is_written(column) && column["update"].flag_or(true); }
bool is_required(const node &column) {
  return !column["nullable"].flag_or(false) && !column["has_default"].flag_or(false) && !column.has("generated");
}

std::string typescript_columns(const typescript_types &types, const node &columns, const std::string &prefix,
                               const std::map<std::string, std::string> &brands) {
  std::string body;
  for (const auto &[name, told] : in_place(columns)) {
    if (is_unread(*told)) continue;
    const auto brand = brands.find(prefix + name);
    const std::string type = brand == brands.end() ? types.in_json(*told) : brand->second;
    body += comment_of(*told, true) + "  " + property((*told)["key"].text) + ": " + or_null(type, *told) + ";\n";
  }
  return body;
}

std::string typescript_entity(const typescript_types &types, const std::string &name, const node &entity,
                              const std::map<std::string, std::string> &brands) {
  const std::string &shown = entity["name"].text;
  std::string text = documentation(entity["description"].text, "") + "export interface " + shown + " {\n" +
                     typescript_columns(types, entity["columns"], name + ".", brands) + "}\n\n";
  if (entity["kind"].text == "composite") return text;
  text += row_interface(types, shown, entity);
  if (!is_table(entity) || entity["outside"].flag_or(false)) return text;
  return text + written(types, shown, entity, true) + written(types, shown, entity, false);
}

}  // namespace primecloud::contract
