// What may go together in a configuration.
//
// The common rules are those that neither MinIO nor AWS would let pass; a value
// that breaks one is no lifecycle at all.  What only one of the two refuses, or
// takes and then does not do as written, is named by dialect_problems.
#pragma once

#include <optional>
#include <vector>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/problem.hpp"

namespace primecloud::lifecycle {

// The first problem, in the order MinIO looks for them.
std::optional<problem> find_problem(const configuration &c);

// Every problem that the one service alone has with a configuration that passes
// find_problem.  `object_lock`: the bucket was made with object lock.
std::vector<problem> dialect_problems(const configuration &c, dialect of, bool object_lock);

// Gives rules without an ID one by their position, as both services do at random;
// the same document always gets the same.
void assign_ids(configuration &c);

// The predicates that count: those of And, or the filter's own.
const predicates &conditions(const filter &f) noexcept;

// How many predicates stand there; ObjectSizeGreaterThan 0 is one.
std::size_t predicate_count(const predicates &p) noexcept;

// UTF-8 characters.
std::size_t character_count(std::string_view text) noexcept;

}  // namespace primecloud::lifecycle
