// What in an expression is whoever asks, and what is the row's tenant.
#pragma once

#include "core/review/tree.hpp"

namespace primecloud::review {

// An expression without the conversions around it that keep different values different.
const node *without_conversions(const node *n);

bool is_tenant_column(const node *n);

// Whether an expression is whoever asks, and nothing made of him: a context, a member of a document that is one, a
// subquery that gives a column that is his; of an array each element.
bool is_asker(const node *n);

// Whether two are the same where a comparison says that they are equal.
inline bool is_equality(const node *n) { return n->op == relation::equal && n->has(exact); }

}  // namespace primecloud::review
