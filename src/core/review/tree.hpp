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
using bits = std::uint64_t;
inline constexpr bits not_null = 1;               // of a column
inline constexpr bits tenant = 2;                 // the tenant column
inline constexpr bits boolean = 4;                // of a type that is one
inline constexpr bits keyed = 8;                  // the column is a key of an index
inline constexpr bits strict = bits{1} << 4;      // NULL for a NULL
inline constexpr bits stable = bits{1} << 5;      // the provolatile of a function
inline constexpr bits unstable = bits{1} << 6;    // VOLATILE
inline constexpr bits cast = bits{1} << 7;        // a conversion that runs code
inline constexpr bits to_text = bits{1} << 8;     // of type text or one like it
inline constexpr bits json_step = bits{1} << 9;   // -> ->> #> #>>
inline constexpr bits pattern = bits{1} << 10;    // LIKE, ~ and the like
inline constexpr bits asks = bits{1} << 11;       // a function whose body asks for a context and that takes arguments
inline constexpr bits setting = bits{1} << 12;    // current_setting of a constant, which is the text
inline constexpr bits forgeable = bits{1} << 13;  // any SQL may set it
inline constexpr bits unknown = bits{1} << 14;    // a setting without a dot that the server does not know
inline constexpr bits role_name = bits{1} << 15;  // current_user and the like
inline constexpr bits person = bits{1} << 16;     // a context that is somebody and no tenant
inline constexpr bits product = bits{1} << 17;    // a function of the product
inline constexpr bits wrapped = bits{1} << 18;    // inside (SELECT ...), so asked once
inline constexpr bits unparallel = bits{1} << 19;
inline constexpr bits reads = bits{1} << 20;    // a subquery with a relation
inline constexpr bits grouped = bits{1} << 21;  // a subquery that may have a row where its conditions have none
inline constexpr bits claimed = bits{1} << 22;  // a column or body with metadata that the client writes
inline constexpr bits fixed_context = bits{1}
                                      << 23;        // IMMUTABLE, though its body asks for a context or reads a relation
inline constexpr bits refused = bits{1} << 24;      // the app may not execute it
inline constexpr bits rank = bits{1} << 25;         // asks for a role above the lowest
inline constexpr bits confines = bits{1} << 26;     // in_scope
inline constexpr bits catalog = bits{1} << 27;      // a column of a system catalog
inline constexpr bits absent_role = bits{1} << 28;  // asks for a role that the app cannot take
inline constexpr bits placeholder = bits{1} << 29;  // a setting that only clients make: it is empty once it was there

inline constexpr bits outer_joined = bits{1} << 30;  // a subquery that has a row where one side has none
inline constexpr bits exact = bits{1} << 31;         // a comparison whose equal values are the same
inline constexpr bits lossless = bits{1} << 32;      // a conversion that keeps different values different
inline constexpr bits stored = bits{1} << 33;        // of a subquery's column: a table has it, as it is
inline constexpr bits unique_key = bits{1} << 34;    // and no two of its rows have it alike
inline constexpr bits named = bits{1} << 35;         // a conversion of a text, of which several may name one value
inline constexpr bits servers = bits{1} << 36;       // a setting of the server or of the function: it tells of nobody

struct node {
  kind is = kind::nothing;
  relation op = relation::none;
  bool negated = false;
  bits flags = 0;
  std::uint32_t count = 0;
  std::int64_t number = 0;
  std::string_view text = {};
  // What else makes it another than one that looks like it: of an operator, a collation, a field.  The algebra takes
  // nothing of a node apart that has it.
  std::string_view more = {};
  const node *const *args = nullptr;
  std::uint32_t weight = 1;  // nodes below it and itself, each as often as it is met: some stand in several places

  bool has(bits all) const { return (flags & all) == all; }
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
