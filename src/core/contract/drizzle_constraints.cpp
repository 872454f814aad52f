// Keys for Drizzle.
#include <algorithm>

#include "core/contract/drizzle.hpp"
#include "core/contract/names.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

const char *action(const std::string &code) {
  if (code == "c") return "cascade";
  if (code == "r") return "restrict";
  if (code == "n") return "set null";
  return code == "d" ? "set default" : "no action";
}

node list_of(const std::vector<std::string> &texts) {
  node all;
  for (const auto &text : texts) all.items.emplace_back().text = text;
  return all;
}

}  // namespace

std::string drizzle_file::columns_of(const std::string &table, const node &columns) const {
  std::vector<std::string> all;
  for (const auto &column : columns.texts()) {
    const std::string name = property(property_of(column));
    const bool quoted = name.front() == '"';
    all.push_back(std::string(table).append(quoted ? "[" : ".").append(name).append(quoted ? "]" : ""));
  }
  return joined(all, ", ");
}

// drizzle-kit reads the columns of a key as they stand in the table.
std::string drizzle_file::columns_read(const node &constraint, const node &relation) {
  auto columns = constraint["columns"].texts();
  const auto place = [&](const std::string &name) { return relation["columns"][name]["position"].count_or(0); };
  std::sort(columns.begin(), columns.end(), [&](const auto &a, const auto &b) { return place(a) < place(b); });
  return columns_of("table", list_of(columns));
}

std::string drizzle_file::primary_key(const std::string &name, const node &constraint, const node &relation) {
  const std::string there_is = columns_of("table", constraint["columns"]), read = columns_read(constraint, relation);
  const std::string columns = read == there_is ? "[" + read + "]" : either("[" + read + "]", "[" + there_is + "]");
  return use("primaryKey") + "({ name: " + string_literal(name) + ", columns: " + columns + " })";
}

std::string drizzle_file::unique_key(const std::string &name, const node &constraint, const node &relation) {
  const auto made = [&](const std::string &columns, bool nulls_equal) {
    return use("unique") + "(" + string_literal(name) + ").on(" + columns + ")" +
           (nulls_equal ? ".nullsNotDistinct()" : "");
  };
  return either(made(columns_read(constraint, relation), false),
                made(columns_of("table", constraint["columns"]), constraint["nulls_equal"].flag_or(false)));
}

std::string drizzle_file::target_of(const node &constraint) {
  const std::string &name = constraint["to"].text, schema = constraint["to_schema"].text_or("");
  if (const auto known = constants_.find(name); schema.empty() && known != constants_.end()) return known->second;
  auto &[constant, columns] = outside_[{schema, name}];
  if (constant.empty()) constant = unused(key_of(schema + "_" + name), taken_);
  for (const auto &column : constraint["to_columns"].texts()) columns.insert(column);
  return constant;
}

std::string drizzle_file::foreign_key(const std::string &name, const node &constraint, const node &relation) {
  const std::string target = target_of(constraint);
  const auto made = [&](const std::string &from, const node &to, const std::string &after_delete,
                        const std::string &after_update) {
    return use("foreignKey") + "({ name: " + string_literal(name) + ", columns: [" + from + "], foreignColumns: [" +
           columns_of(target, to) + "] }).onDelete(" + after_delete + ").onUpdate(" + after_update + ")";
  };
  const std::string on_delete = action(constraint["on_delete"].text), on_update = action(constraint["on_update"].text);
  const std::string read = made(columns_read(constraint, relation), constraint["to_read"], string_literal(on_delete),
                                string_literal(on_update));
  if (constraint["inherited"].flag_or(false) && relation["kind"].text == "r" && !relation.has("read_alone"))
    return only_read(read);
  // drizzle-kit has no words for what stands behind the actions, and writes them as they come.
  std::string set, deferrable;
  for (const auto &column : constraint["set_columns"].texts()) set += (set.empty() ? " (\"" : ", \"") + column + "\"";
  if (!set.empty()) set += ")";
  if (constraint["deferrable"].flag_or(false)) deferrable = " deferrable";
  if (constraint["deferred"].flag_or(false)) deferrable += " initially deferred";
  const auto whole = [](const std::string &words, const std::string &more) {
    return string_literal(words + more) + (more.empty() ? "" : " as never");
  };
  return either(read, made(columns_of("table", constraint["columns"]), constraint["to_columns"], whole(on_delete, set),
                           whole(on_update, deferrable)));
}

}  // namespace primecloud::contract
