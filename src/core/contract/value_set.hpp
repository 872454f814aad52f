// Which values a type has, and whether all of one's are another's.
#pragma once

#include "core/contract/value_type.hpp"

namespace primecloud::contract {

// Whether everything that `inner` can send is a value of `outer`.  (Both in the same forms; rows by their name.)
bool within(const value_type &inner, const value_type &outer);

// Whether everything that `before` takes is taken by `after`, and means the same.
bool still_taken(const value_type &before, const value_type &after);

// The same of the two types by their names and modifiers alone, whatever CHECKs and lists say.
bool type_within(const value_type &inner, const value_type &outer);

// What CHECKs say of both, lists of values apart.
bool interval_within(const value_type &inner, const value_type &outer);
bool lengths_within(const value_type &inner, const value_type &outer);
bool patterns_within(const value_type &inner, const value_type &outer);

// Of one type: whether lists, bounds, lengths and patterns of `inner` leave no more than those of `outer`.
bool facts_within(const value_type &inner, const value_type &outer);

}  // namespace primecloud::contract
