// The names that an application's types get from those of the database.
#pragma once

#include <string>
#include <string_view>

namespace primecloud::contract {

// The key of a column, argument or function: what to_camel_json makes of its name.
std::string key_of(std::string_view sql_name);

// PascalCase of an SQL name: underscores and what cannot stand in an identifier separate
// words, ASCII letters that begin one are raised, a leading digit gets an underscore.
std::string type_name(std::string_view sql_name);

// The same in the singular of its last word, for what holds rows: orders becomes Order.
std::string row_name(std::string_view sql_name);

// Whether `text` (UTF-8) can stand as a name in TypeScript: no reserved word, letters of
// the scripts that are told here, digits behind the first, underscore and dollar.
bool is_identifier(std::string_view text);

// The name that a comment asks for with `@name`, made an identifier if it is none.
std::string given_name(std::string_view asked);

}  // namespace primecloud::contract
