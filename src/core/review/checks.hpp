// The checks of one policy, by what they ask.
#pragma once

#include "core/review/policy.hpp"

namespace primecloud::review {

void add(findings &found, const judged &p, const char *check, const char *level, std::string evidence, std::string fix,
         std::vector<std::string> parts = {});

// ALTER POLICY .. with the bound predicate; behind it what else there is to choose, in words that no name is part of.
std::string alter(const judged &p, bool row, bool check, std::string_view choice = {});
// The same with the product's context: where the fault is the schema's own.
std::string alter_with_ours(const judged &p, bool row, bool check, std::string_view choice = {});
std::string expression(const node *n);  // as evidence shows it
bool is_for(const judged &p);           // whether it applies to anybody who comes

void check_truth(const judged &p, findings &found);      // always true, always false, floors
void check_scope(const judged &p, findings &found);      // disjuncts: who, shared, inverted, literal, unbound
void check_missing(const judged &p, findings &found);    // fails open
void check_writes(const judged &p, findings &found);     // WITH CHECK
void check_source(const judged &p, findings &found);     // where the tenant comes from
void check_subquery(const judged &p, findings &found);   // what subqueries compare and read
void check_functions(const judged &p, findings &found);  // volatility, rights
void check_cost(const judged &p, findings &found);       // what is asked for each row

}  // namespace primecloud::review
