#include "review/key_calls.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_proc.h"
#include "nodes/primnodes.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

constexpr std::string_view with_key[] = {"pgp_sym_encrypt",
                                         "pgp_sym_decrypt",
                                         "pgp_sym_encrypt_bytea",
                                         "pgp_sym_decrypt_bytea",
                                         "encrypt",
                                         "decrypt",
                                         "encrypt_iv",
                                         "decrypt_iv",
                                         "hmac",
                                         "crypt"};

// Made of constants alone, by the server's own functions that always answer the same.
SERVER_CODE bool varies(Node *n, void *) {
  if (n == nullptr) return false;
  if (IsA(n, Var) || IsA(n, Param) || IsA(n, SubLink) || IsA(n, SQLValueFunction)) return true;
  if (IsA(n, FuncExpr)) {
    const Oid function = castNode(FuncExpr, n)->funcid;
    if (function >= FirstUnpinnedObjectId || func_volatile(function) != PROVOLATILE_IMMUTABLE) return true;
  }
  return pg::walk_below(n, varies, nullptr);
}

SERVER_CODE bool is_fixed(Node *n) {
  return n != nullptr && !(IsA(n, Const) && castNode(Const, n)->constisnull) && !varies(n, nullptr);
}

}  // namespace

bool takes_key(std::string_view name) {
  for (const auto one : with_key)
    if (name == one) return true;
  return false;
}

SERVER_CODE bool has_key(Node *n, void *context) {
  if (n == nullptr || IsA(n, RangeTblEntry)) return false;
  if (IsA(n, FuncExpr)) {
    const auto *call = castNode(FuncExpr, n);
    const char *name = call->funcid >= FirstUnpinnedObjectId ? get_func_name(call->funcid) : nullptr;
    if (name != nullptr && takes_key(name) && list_length(call->args) > 1 &&
        (is_fixed(static_cast<Node *>(lsecond(call->args))) ||
         (strcmp(name, "crypt") == 0 && is_fixed(static_cast<Node *>(linitial(call->args)))))) {
      *static_cast<const char **>(context) = name;
      return true;
    }
  }
  if (IsA(n, Query)) return pg::walk_query_entries(castNode(Query, n), has_key, context);
  return pg::walk_below(n, has_key, context);
}

}  // namespace primecloud::review
