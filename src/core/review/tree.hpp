// An expression as the review sees it: what a policy, a CHECK or a WHERE says, without the
// server that says it.  A node owns nothing and is never changed once it is made: the walk
// from the server's trees makes nodes in the server's memory, the algebra in a nursery.
//
// What is not understood is a call with a name: opaque, but its arguments are there, so that
// what it holds (a column, a context) is known all the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace primecloud::review {

enum class kind : std::uint8_t {
  nothing,   // NULL
  truth,     // `number`: 0 or 1
  literal,   // a constant: `number` is its type, `text` its text
  own,       // a column of the relation: `number`
  other,     // a column of an entry of a subquery: `number`
  context,   // who asks: tenant, user, role, setting
  call,      // any other function or operator
  compare,   // args[0] `op` args[1]
  both,      // AND
  either,    // OR
  negation,  // NOT
  is_null,   // `negated`: IS NOT NULL
  is_true,   // `number`: 1 TRUE, 0 FALSE; `negated`: IS NOT
  distinct,  // IS DISTINCT FROM; `negated`: IS NOT
  choice,    // CASE: condition, result, condition, result, ..., else
  first,     // COALESCE
  null_if,   // NULLIF
  list,      // ARRAY[...], or the elements of a constant one
  any,       // args[0] `op` ANY (args[1])
  all,       // args[0] `op` ALL (args[1])
  exists,    // EXISTS (args[0]: the conditions); of the other subqueries too
  any_row,   // args[1] `op` ANY (SELECT args[2] ... args[0])
  all_row,   // args[1] `op` ALL (SELECT args[2] ... args[0])
  array_of,  // ARRAY(SELECT args[1] ... args[0])
  scalar,    // (SELECT args[1] ... args[0])
};

enum class relation : std::uint8_t { none, equal, unequal, less, less_equal, greater, greater_equal };
relation inverse(relation op);  // NOT (a op b)
relation turned(relation op);   // b op a

// What is known of a node: bits of `flags`.
inline constexpr std::uint32_t not_null = 1;         // of a column
inline constexpr std::uint32_t tenant = 2;           // the tenant column
inline constexpr std::uint32_t boolean = 4;          // of a type that is one
inline constexpr std::uint32_t keyed = 8;            // the column is a key of an index
inline constexpr std::uint32_t strict = 1u << 4;     // NULL for a NULL
inline constexpr std::uint32_t stable = 1u << 5;     // the provolatile of a function
inline constexpr std::uint32_t unstable = 1u << 6;   // VOLATILE
inline constexpr std::uint32_t cast = 1u << 7;       // a conversion that runs code
inline constexpr std::uint32_t to_text = 1u << 8;    // of type text or one like it
inline constexpr std::uint32_t json_step = 1u << 9;  // -> ->> #> #>>
inline constexpr std::uint32_t pattern = 1u << 10;   // LIKE, ~ and the like
inline constexpr std::uint32_t asks = 1u << 11;     // a function whose body asks for a context and that takes arguments
inline constexpr std::uint32_t setting = 1u << 12;  // current_setting of a constant, which is the text
inline constexpr std::uint32_t forgeable = 1u << 13;  // any SQL may set it
inline constexpr std::uint32_t unknown = 1u << 14;    // a setting without a dot that the server does not know
inline constexpr std::uint32_t role_name = 1u << 15;  // current_user and the like
inline constexpr std::uint32_t person = 1u << 16;     // a context that is somebody and no tenant
inline constexpr std::uint32_t product = 1u << 17;    // a function of the product
inline constexpr std::uint32_t wrapped = 1u << 18;    // inside (SELECT ...), so asked once
inline constexpr std::uint32_t unparallel = 1u << 19;
inline constexpr std::uint32_t reads = 1u << 20;    // a subquery with a relation
inline constexpr std::uint32_t grouped = 1u << 21;  // a subquery that may have a row where its conditions have none
inline constexpr std::uint32_t claimed = 1u << 22;  // a column or body with metadata that the client writes
inline constexpr std::uint32_t fixed_context =
    1u << 23;                                       // IMMUTABLE, though its body asks for a context or reads a relation
inline constexpr std::uint32_t refused = 1u << 24;  // the app may not execute it
inline constexpr std::uint32_t rank = 1u << 25;     // asks for a role above the lowest
inline constexpr std::uint32_t confines = 1u << 26;     // in_scope
inline constexpr std::uint32_t catalog = 1u << 27;      // a column of a system catalog
inline constexpr std::uint32_t absent_role = 1u << 28;  // asks for a role that the app cannot take
inline constexpr std::uint32_t placeholder = 1u
                                             << 29;  // a setting that only clients make: it is empty once it was there

inline constexpr std::uint32_t outer_joined = 1u << 30;  // a subquery that has a row where one side has none

struct node {
  kind is = kind::nothing;
  relation op = relation::none;
  bool negated = false;
  std::uint32_t flags = 0;
  std::uint32_t count = 0;
  std::int64_t number = 0;
  std::string_view text = {};
  const node *const *args = nullptr;

  bool has(std::uint32_t all) const { return (flags & all) == all; }
  const node *const *begin() const { return args; }
  const node *const *end() const { return args + count; }
};

bool same(const node *a, const node *b);
inline bool is_truth(const node *n, bool value) { return n->is == kind::truth && (n->number != 0) == value; }
inline bool is_constant(const node *n) {
  return n->is == kind::nothing || n->is == kind::truth || n->is == kind::literal;
}
inline bool is_subquery(const node *n) { return n->is >= kind::exists; }

// Whether a node, or one below it, answers a question.
template <class F>
bool contains(const node *n, F &&asked) {
  if (asked(n)) return true;
  for (const node *below : *n)
    if (contains(below, asked)) return true;
  return false;
}
bool has_own(const node *n);
bool has_tenant(const node *n);
bool has_context(const node *n);

// As SQL, near enough to be read; at most `longest` characters.
std::string shown(const node *n, std::size_t longest = 300);

}  // namespace primecloud::review
