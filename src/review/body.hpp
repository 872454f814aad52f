// What the body of a function has, by its tree or by its words.  Server code.
#pragma once

#include "core/review/words.hpp"
#include "pg/server_version_trees.hpp"

namespace primecloud::review {

struct body_facts {
  body_context context;
  bool reads;  // a relation
};
SERVER_CODE body_facts facts_of_body(Oid function);

// Whether a function has said itself what its body asks, so that it answers everybody alike: by settings of its own, or
// since it runs as its owner.
SERVER_CODE bool says_itself(Oid function, const body_context &asked);

// The relations that a body names, by its tree or by its words; names without a schema are looked for in `home` and in
// the function's own.
SERVER_CODE List *relations_named(Oid function, Oid home);

// The relation that a word of a text is, if it is one: of the schema before it, or of `home`.
SERVER_CODE Oid relation_of(const word &at, const word &before, Oid home);

// Prosrc, or nullptr where there is none: the language is no text, or the body is a tree.
SERVER_CODE char *body_text(Oid function);
// The tree of a body in standard form; nullptr without one.
SERVER_CODE Node *body_tree(Oid function);

}  // namespace primecloud::review
