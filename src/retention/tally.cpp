#include "retention/tally.hpp"

#include <algorithm>

extern "C" {
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
}

namespace primecloud::retention {
namespace {

struct tenant_key {
  const char *text;
  int length;
};
struct tenant_count {
  tenant_key key;
  int64 rows;
};

uint32 hash_of(const void *key, Size) {
  const auto *tenant = static_cast<const tenant_key *>(key);
  return hash_bytes(reinterpret_cast<const unsigned char *>(tenant->text), tenant->length);
}

int differ(const void *a, const void *b, Size) {
  const auto *one = static_cast<const tenant_key *>(a), *other = static_cast<const tenant_key *>(b);
  return one->length != other->length || memcmp(one->text, other->text, one->length) != 0;
}

JsonbValue string_value(const char *text, int length) {
  JsonbValue v{};
  v.type = jbvString;
  v.val.string.val = const_cast<char *>(text);
  v.val.string.len = length;
  return v;
}

SERVER_CODE JsonbValue number_value(int64 n) {
  JsonbValue v{};
  v.type = jbvNumeric;
  v.val.numeric = int64_to_numeric(n);
  return v;
}

SERVER_CODE JsonbValue time_value(TimestampTz t, bool known) {
  if (!known) {
    JsonbValue v{};
    v.type = jbvNull;
    return v;
  }
  char *buffer = JsonEncodeDateTime(nullptr, TimestampTzGetDatum(t), TIMESTAMPTZOID, nullptr);
  return string_value(buffer, static_cast<int>(strlen(buffer)));
}

SERVER_CODE void put_key(JsonbParseState **state, const char *name) {
  JsonbValue key = string_value(name, static_cast<int>(strlen(name)));
  pushJsonbValue(state, WJB_KEY, &key);
}

SERVER_CODE void put(JsonbParseState **state, const char *name, JsonbValue value) {
  put_key(state, name);
  pushJsonbValue(state, WJB_VALUE, &value);
}

}  // namespace

tally::tally() : context_(CurrentMemoryContext) {
  hook_.receiver.rStartup = [](DestReceiver *self, int, TupleDesc desc) { of(self).start(desc); };
  hook_.receiver.receiveSlot = [](TupleTableSlot *slot, DestReceiver *self) {
    return of(self).take(slot), true;
  };
  hook_.receiver.rShutdown = [](DestReceiver *) {};
  hook_.receiver.rDestroy = [](DestReceiver *) {};
  hook_.receiver.mydest = DestNone;
  hook_.owner = this;
}

void tally::start(TupleDesc desc) {
  const auto type = [&](int i) { return TupleDescAttr(desc, i)->atttypid; };
  rows_ = desc->natts == 2 && type(0) == TEXTOID && type(1) == TIMESTAMPTZOID;
  if (!rows_ && !(desc->natts == 1 && type(0) == JSONBOID))
    elog(ERROR, "a statement of retention yields something else");
}

void tally::take(TupleTableSlot *slot) {
  bool null;
  if (!rows_) {
    const Datum value = slot_getattr(slot, 1, &null);
    if (null) return;
    MemoryContext before = MemoryContextSwitchTo(context_);
    answer_ = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
    MemoryContextSwitchTo(before);
    answered_ = true;
    return;
  }
  removed_++;
  const TimestampTz time = DatumGetTimestampTz(slot_getattr(slot, 2, &null));
  if (!null) {
    oldest_ = std::min(oldest_, time);
    newest_ = std::max(newest_, time);
  }
  const Datum tenant = slot_getattr(slot, 1, &null);
  if (!null) count(DatumGetTextPP(tenant));
}

void tally::count(text *tenant) {
  if (tenants_ == nullptr) {
    HASHCTL control{};
    control.keysize = sizeof(tenant_key);
    control.entrysize = sizeof(tenant_count);
    control.hash = hash_of;
    control.match = differ;
    control.hcxt = context_;
    tenants_ = hash_create("rows removed by tenant", 64, &control,
                           HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
  }
  const tenant_key key{VARDATA_ANY(tenant), static_cast<int>(VARSIZE_ANY_EXHDR(tenant))};
  bool found;
  auto *entry = static_cast<tenant_count *>(hash_search(tenants_, &key, HASH_ENTER, &found));
  if (!found) {
    entry->key.text =
        static_cast<char *>(memcpy(MemoryContextAlloc(context_, key.length + 1), key.text, key.length));
    entry->rows = 0;
  }
  entry->rows++;
}

Datum tally::answer() {
  if (!rows_) {
    if (!answered_) elog(ERROR, "the statement yields no result");
    return answer_;
  }
  JsonbParseState *state = nullptr;
  pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
  put(&state, "rows", number_value(removed_));
  put(&state, "oldest", time_value(oldest_, removed_ > 0));
  put(&state, "newest", time_value(newest_, removed_ > 0));
  if (tenants_ != nullptr) {
    put_key(&state, "tenants");
    pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, tenants_);
    while (auto *entry = static_cast<tenant_count *>(hash_seq_search(&scan))) {
      JsonbValue key = string_value(entry->key.text, entry->key.length), rows = number_value(entry->rows);
      pushJsonbValue(&state, WJB_KEY, &key);
      pushJsonbValue(&state, WJB_VALUE, &rows);
    }
    pushJsonbValue(&state, WJB_END_OBJECT, nullptr);
  }
  JsonbValue *all = pushJsonbValue(&state, WJB_END_OBJECT, nullptr);
  return JsonbPGetDatum(JsonbValueToJsonb(all));
}

}  // namespace primecloud::retention
