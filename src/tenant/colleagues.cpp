// colleagues_uuid, colleagues_bigint, colleagues_text: the users who share the entered account with the
// user of the context, and himself; user_uuid, user_bigint: himself.  What the policies of people read.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "tenant/at_least.hpp"
#include "tenant/membership.hpp"
#include "tenant/plain_value.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

constexpr char uuid_array_type[] = "uuid[]", bigint_array_type[] = "bigint[]", text_array_type[] = "text[]";

SERVER_CODE const context_record *entered() {
  const context_record *context = tenant::current();
  if (context == nullptr) {
    tenant::miss_context();
    tenant::note_missing();
  }
  return context;
}

// A confined user knows himself alone, whatever is asked: membership is not his to read here.
SERVER_CODE bool knows_colleagues(const context_record &context, std::optional<std::string_view> minimum) {
  if (!context.has_tenant || context.confined()) return false;
  return !minimum || tenant::at_least(minimum) != nullptr;
}

// Members as the statement sees the table, found without SQL.  Who is of no such type is no row's.
SERVER_CODE std::optional<Datum> colleagues(Oid type, std::optional<std::string_view> minimum) {
  const context_record *context = entered();
  if (context == nullptr) return std::nullopt;
  tenant::texts members;
  if (knows_colleagues(*context, minimum))
    members = tenant::members_of(pg::c_string(context->tenant()), GetActiveSnapshot());
  auto *ids =
      static_cast<Datum *>(palloc_extended(sizeof(Datum) * (static_cast<size_t>(members.count) + 1), MCXT_ALLOC_HUGE));
  int count = 0;
  if (tenant::plain_datum(type, pg::c_string(context->user()), &ids[count])) count++;
  for (int i = 0; i < members.count; i++) {
    if (members.value[i] != nullptr && tenant::plain_datum(type, members.value[i], &ids[count])) count++;
  }
  int16 size;
  bool by_value;
  char align;
  get_typlenbyvalalign(type, &size, &by_value, &align);
  return PointerGetDatum(construct_array(ids, count, type, size, by_value, align));
}

template <Oid type, const char *array_type>
SERVER_CODE std::optional<pg::owned<array_type>> colleagues_of(std::optional<std::string_view> minimum) noexcept {
  const auto ids = colleagues(type, minimum);
  if (!ids) return std::nullopt;
  return pg::owned<array_type>(*ids);
}
SERVER_CODE auto colleagues_uuid(std::optional<std::string_view> minimum) noexcept {
  return colleagues_of<UUIDOID, uuid_array_type>(minimum);
}
SERVER_CODE auto colleagues_bigint(std::optional<std::string_view> minimum) noexcept {
  return colleagues_of<INT8OID, bigint_array_type>(minimum);
}
SERVER_CODE auto colleagues_text(std::optional<std::string_view> minimum) noexcept {
  return colleagues_of<TEXTOID, text_array_type>(minimum);
}

SERVER_CODE std::optional<uuid> user_uuid() noexcept {
  const context_record *context = entered();
  return context == nullptr ? std::nullopt : parse_uuid(context->user());
}
SERVER_CODE std::optional<int64> user_bigint() noexcept {
  const context_record *context = entered();
  if (context == nullptr) return std::nullopt;
  const auto number = parse_bigint(context->user());
  return number ? std::optional<int64>(*number) : std::nullopt;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_colleagues_uuid, colleagues_uuid);
PRIMECLOUD_FUNCTION(primecloud_colleagues_bigint, colleagues_bigint);
PRIMECLOUD_FUNCTION(primecloud_colleagues_text, colleagues_text);
PRIMECLOUD_FUNCTION(primecloud_user_uuid, user_uuid);
PRIMECLOUD_FUNCTION(primecloud_user_bigint, user_bigint);
