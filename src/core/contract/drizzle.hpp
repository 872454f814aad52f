// Parts of the file for Drizzle, from what the catalog holds (primecloud_internal.contract_drizzle_facts).
//
// drizzle-kit push compares the file with what it reads of the database, and that is less than there is: keys without
// the order of their columns, INCLUDE as columns of the key, defaults that it rewrites.  Where the two differ the file
// tells push what push reads, and drizzle-kit generate, and everybody else, what there is.
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
  std::string column(const std::string &name, const node &column, bool primary, bool own_name);
  std::string built_in(const std::string &type, const std::string &name, const node &column);
  std::string custom(const node &column);  // its type, where Drizzle has no builder for it
  std::string filled(const node &column);
  std::string default_value(const node &column);
  std::string relation(const std::string &name, const node &relation);
  std::string table(const std::string &name, const node &relation);
  std::string view(const std::string &name, const node &relation);
  std::vector<std::string> extras(const std::string &name, const node &relation);
  std::string primary_key(const std::string &name, const node &constraint, const node &relation);
  std::string unique_key(const std::string &name, const node &constraint, const node &relation);
  std::string foreign_key(const std::string &name, const node &constraint, const node &relation);
  std::string columns_read(const node &constraint, const node &relation);
  std::string index(const std::string &name, const node &index);
  std::string index_read(const node &index);
  std::string policy(const std::string &name, const node &policy, const std::string &forced);
  std::string sequences();
  std::string relations();
  std::string outside();
  std::string helpers();

  std::string property_of(const std::string &column) const;
  std::string columns_of(const std::string &table, const node &columns) const;  // [t.id, t.name]
  std::string constant_of(const std::string &relation) const { return constants_.at(relation); }
  std::string target_of(const node &foreign_key);  // the constant of the table that it refers to
  bool in_public() const { return facts_["schema"].text == "public"; }
  std::string use(const char *name) { return used_.insert(name), name; }

  // What push is told, and what there is: one expression of TypeScript, a part of a list, a thing that is exported.
  std::string either(const std::string &read, const std::string &there_is);
  std::string only_read(const std::string &part) { return pushed_ = true, "...(pushed ? [" + part + "] : [])"; }
  std::string never_read(const std::string &part) { return pushed_ = true, "...(pushed ? [] : [" + part + "])"; }

  const node &facts_;
  const emit_options &options_;
  std::set<std::string> taken_;                   // names of constants
  std::map<std::string, std::string> constants_;  // of relations and enums ("enum st"), by SQL name
  std::map<std::string, std::string> exports_;    // of those that are not exported by their own name
  std::set<std::string> used_;                    // what is imported from drizzle-orm/pg-core
  std::map<std::pair<std::string, std::string>, std::pair<std::string, std::set<std::string>>>
      outside_;  // tables of other schemas that are referred to: their constants and columns
  bool pushed_ = false, json_ = false, expressions_ = false, named_ = false, forced_ = false, custom_ = false,
       writing_ = false;
};

// A name that is not taken, and is from now on.
std::string unused(std::string name, std::set<std::string> &taken);

// Whether a name goes on with it, or ends with it in quotes.
bool in_word(char letter);

// SQL within a template: sql`...`
std::string sql_template(std::string_view text);

// SQL without the signs that drizzle-kit cuts texts at: in literals they are written by their codes.
std::string without_cuts(std::string_view sql, const std::vector<std::string> &cuts);

// The same expression or type for one who has schema public in the search path, as drizzle-kit has.
std::string seen_from_public(std::string_view sql);

bool is_view(const node &relation);

// Columns in their places.
std::vector<std::pair<std::string, const node *>> placed(const node &columns);

// What drizzle-kit makes of format_type, and what it has to write for the type.
std::string type_read(const node &column);
std::string type_written(const node &column);

}  // namespace primecloud::contract
