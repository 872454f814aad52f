// make_cursor, cursor_ts, cursor_id: keyset cursors for the account in context.
#include "core/page/cursor.hpp"

#include "page/cursor_key.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/context.hpp"

namespace {
using namespace primecloud;

constexpr timestamp last_time = timestamp::infinity();
constexpr uuid last_id = [] {
  uuid id;
  id.octets.fill(0xff);
  return id;
}();

constexpr std::size_t longest_scope = 2000;

std::string make_cursor(std::string_view scope, timestamp time, uuid id) {
  if (scope.size() > longest_scope) {
    throw error(invalid_value, "a scope of " + std::to_string(scope.size()) + " bytes")
        .with_hint("It has 2000 bytes at most.");
  }
  const cursor_key *key = pg::guarded([] { return page::newest_key(); });
  if (key == nullptr) {
    throw error(wrong_state, "there is no cursor key")
        .with_hint("Ask a superuser to run: SELECT primecloud.rotate_cursor_key()");
  }
  return encode_cursor({time, id}, *key, scope, tenant::current_tenant());
}

// One error for whatever is wrong with a cursor: the client starts again at page one.
[[gnu::cold, noreturn]] void refuse_cursor(std::string_view scope) {
  throw error(invalid_value, "invalid cursor for \"" + std::string(scope) + "\"")
      .with_detail("It was altered, or made for another list, filter, sort order or account.")
      .with_hint("Ask for the first page, without a cursor.");
}

position decode(std::optional<std::string_view> cursor, std::optional<std::string_view> scope) {
  if (!cursor) return {last_time, last_id};  // no cursor: before the first row of a descending list
  if (!scope || scope->size() > longest_scope) refuse_cursor(scope ? scope->substr(0, 50) : "");
  const auto key_id = cursor_key_id(*cursor);
  if (!key_id) refuse_cursor(*scope);
  const cursor_key *key = pg::guarded([&] { return page::find_key(*key_id); });
  if (key == nullptr) refuse_cursor(*scope);
  const auto at = decode_cursor(*cursor, *key, *scope, tenant::current_tenant());
  if (!at) refuse_cursor(*scope);
  return *at;
}

timestamp cursor_ts(std::optional<std::string_view> cursor, std::optional<std::string_view> scope) {
  return decode(cursor, scope).time;
}
uuid cursor_id(std::optional<std::string_view> cursor, std::optional<std::string_view> scope) {
  return decode(cursor, scope).id;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_make_cursor, make_cursor);
PRIMECLOUD_FUNCTION(primecloud_cursor_ts, cursor_ts);
PRIMECLOUD_FUNCTION(primecloud_cursor_id, cursor_id);
