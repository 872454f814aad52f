// Policies for Drizzle, and what a table has beside its columns.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

// A role as an array of names is printed, which drizzle-kit takes apart at its commas.
std::string array_element(const std::string &role) {
  std::string made;
  for (const char letter : role)
    made += letter == '"' || letter == '\\' ? std::string("\\") + letter : std::string(1, letter);
  const bool plain = !role.empty() && role.find_first_of("{},\"\\ \t\n\r\v\f") == role.npos;
  return plain ? made : "\"" + made + "\"";
}

std::string sql_name(const std::string &name) {
  std::string made = "\"";
  for (const char letter : name) made += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return made + "\"";
}

}  // namespace

// `forced`: what stands behind its last condition, where the table's row-level security is forced.
std::string drizzle_file::policy(const std::string &name, const node &told, const std::string &forced) {
  std::vector<std::string> roles, read;
  for (const auto &role : told["to"].texts()) {
    roles.push_back(string_literal(role));
    read.push_back(array_element(role));
  }
  const bool plain = read == told["to"].texts();
  const std::string written = "[" + joined(roles, ", ") + "]";
  static const std::vector<std::string> cuts = {"--"};
  std::string made = use("pgPolicy") + "(" + string_literal(name) + ", { as: " + string_literal(told["as"].text) +
                     ", for: " + string_literal(told["for"].text) +
                     ", to: " + (plain ? written : either("[" + string_literal(joined(read, ",")) + "]", written));
  const auto condition = [&](const char *clause, bool last) {
    std::string text = sql_template(without_cuts(told[clause].text, cuts));
    if (last && !forced.empty()) text.insert(text.size() - 1, "${" + forced + "}");
    return text;
  };
  if (told.has("using")) made += ", using: " + condition("using", !told.has("check"));
  if (told.has("check")) made += ", withCheck: " + condition("check", true);
  return made + " })";
}

std::vector<std::string> drizzle_file::extras(const std::string &table, const node &relation) {
  std::vector<std::string> all;
  for (const auto &[name, told] : relation["constraints"].members) {
    const std::string &kind = told["kind"].text;
    if (kind == "p" && told["columns"].items.size() > 1) all.push_back(primary_key(name, told, relation));
    // drizzle-kit reads no name of a key of one column.
    if (kind == "p" && told["columns"].items.size() == 1 && name != table + "_pkey")
      all.push_back(never_read(primary_key(name, told, relation)));
    if (kind == "u") all.push_back(unique_key(name, told, relation));
    if (kind == "f") all.push_back(foreign_key(name, told, relation));
    // Of a check push compares the name alone.
    if (kind == "c")
      all.push_back(use("check") + "(" + string_literal(name) + ", " +
                    sql_template(without_cuts(told["expression"].text, {";"})) + ")");
  }
  for (const auto &[name, told] : relation["indexes"].members) {
    if (auto made = index(name, told); !made.empty()) all.push_back(std::move(made));
  }
  std::string forced;
  const auto &policies = relation["policies"].members;
  if (relation.has("forced") && !policies.empty()) {
    forced_ = pushed_ = true;
    forced = "forced(" + string_literal(sql_name(facts_["schema"].text) + "." + sql_name(table)) + ")";
  }
  for (const auto &[name, told] : policies) {
    all.push_back(policy(name, told, forced));
    forced.clear();
  }
  return all;
}

}  // namespace primecloud::contract
