// Indexes for Drizzle.
#include "core/contract/drizzle.hpp"
#include "core/contract/source_text.hpp"

namespace primecloud::contract {
namespace {

// What follows the columns of an index that stands for itself.
std::string settings_of(const node &told) {
  std::vector<std::string> settings;
  for (const auto &setting : told["with"].texts()) {
    const auto equals = setting.find('=');
    settings.push_back(property(setting.substr(0, equals)) + ": " + string_literal(setting.substr(equals + 1)));
  }
  return settings.empty() ? std::string() : ".with({ " + joined(settings, ", ") + " })";
}

}  // namespace

// The columns as drizzle-kit reads them: those of INCLUDE behind the others, and all for expressions where one is.
std::string drizzle_file::index_read(const node &told) {
  std::vector<std::string> columns;
  bool named = true;
  for (const auto &column : told["columns"].items) named = named && column.has("column");
  for (const auto &column : told["columns"].items) {
    const bool descending = column["descending"].flag_or(false), first = column["nulls_first"].flag_or(false);
    if (!named) {
      expressions_ = true;
      columns.push_back(std::string("expression(\"") + (descending ? "desc" : "asc") + "\", \"" +
                        (first ? "first" : "last") + "\")");
      continue;
    }
    node one;
    one.items.emplace_back().text = column["column"].text;
    columns.push_back(columns_of("table", one) + (descending ? ".desc()" : ".asc()") +
                      (first ? ".nullsFirst()" : ".nullsLast()"));
  }
  return joined(columns, ", ");
}

std::string drizzle_file::index(const std::string &name, const node &told) {
  const std::string head = use(told["unique"].flag_or(false) ? "uniqueIndex" : "index") + "(" + string_literal(name) +
                           ").using(" + string_literal(told["method"].text) + ", ";
  static const std::vector<std::string> cuts = {";", "--", ",,"};
  std::string read = head + index_read(told) + ")", made = read;
  if (told["plain"].flag_or(false)) {
    if (told.has("where")) made += ".where(" + sql_template(without_cuts(told["where"].text, cuts)) + ")";
    made += settings_of(told);
    read = made;
  } else {
    // drizzle-kit has no words for the rest: it is one expression, to which it adds the last bracket.
    static constexpr std::string_view nulls = " NULLS NOT DISTINCT";  // it cannot come last
    std::string definition = told["definition"].text;
    if (definition.ends_with(nulls)) definition.resize(definition.size() - nulls.size());
    if (definition.ends_with(")")) definition.pop_back();
    made = head + sql_template(without_cuts(definition, cuts)) + ")";
    read += settings_of(told);
  }
  if (!told["unread"].flag_or(false)) return told["invalid"].flag_or(false) ? only_read(read) : either(read, made);
  if (told["invalid"].flag_or(false)) return {};
  // A key ends here, which drizzle-kit writes before it writes indexes.
  std::vector<std::string> columns;
  for (const auto &column : told["columns"].items) {
    node one;
    one.items.emplace_back().text = column["column"].text;
    columns.push_back(columns_of("table", one));
  }
  return never_read(use("unique") + "(" + string_literal(name) + ").on(" + joined(columns, ", ") + ")");
}

}  // namespace primecloud::contract
