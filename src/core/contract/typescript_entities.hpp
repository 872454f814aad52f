// Parts of the TypeScript file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/contract/typescript_type.hpp"
#include "core/contract/usage.hpp"

namespace primecloud::contract {

// Columns in the order of their places: nobody sees it, but a reader of the file does.
std::vector<std::pair<std::string, const node *>> in_place(const node &columns);

// What of an insert's columns may, and must, be given.
bool is_inserted(const node &column);
bool is_updated(const node &column);
bool is_required(const node &column);

// The brands of ids: the name of the type for each column that has one, "orders.id" → "OrderId".
std::map<std::string, std::string> brands_of(const node &contract);

std::string typescript_entity(const typescript_types &types, const std::string &name, const node &entity,
                              const std::map<std::string, std::string> &brands);
std::string typescript_brands(const typescript_types &types, const std::map<std::string, std::string> &brands);
// The rows that functions return, by the names of their types.
std::map<std::string, const node *> result_rows(const node &contract);

std::string typescript_functions(const typescript_types &types);
std::string typescript_constraints(const node &contract);
std::string typescript_lists(const node &contract);

// One interface of columns: those that can be read.
std::string typescript_columns(const typescript_types &types, const node &columns, const std::string &prefix,
                               const std::map<std::string, std::string> &brands);

}  // namespace primecloud::contract
