#include "retention/tally.hpp"

#include <algorithm>

#include "pg/varlena.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
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

// One value of an outcome, by the name of its attribute.
class outcome_row {
 public:
  SERVER_CODE explicit outcome_row(Oid type) : desc_(lookup_rowtype_tupdesc(type, -1)) {
    values_ = static_cast<Datum *>(palloc0(sizeof(Datum) * desc_->natts));
    nulls_ = static_cast<bool *>(palloc(desc_->natts));
    memset(nulls_, true, desc_->natts);
  }
  SERVER_CODE void set(const char *name, Oid type, Datum value) {
    const int i = place(name, type);
    values_[i] = value;
    nulls_[i] = false;
  }
  SERVER_CODE Datum made() {
    HeapTuple tuple = heap_form_tuple(desc_, values_, nulls_);
    ReleaseTupleDesc(desc_);
    return HeapTupleGetDatum(tuple);
  }

 private:
  SERVER_CODE int place(const char *name, Oid type) const {
    for (int i = 0; i < desc_->natts; i++) {
      Form_pg_attribute attribute = TupleDescAttr(desc_, i);
      if (strcmp(NameStr(attribute->attname), name) == 0 && attribute->atttypid == type) return i;
    }
    elog(ERROR, "an outcome of retention has no attribute \"%s\" of that type", name);
  }

  TupleDesc desc_;
  Datum *values_;
  bool *nulls_;
};

}  // namespace

tally::tally(Oid outcome_type) : type_(outcome_type), context_(CurrentMemoryContext) {
  hook_.receiver.rStartup = [](DestReceiver *self, int, TupleDesc desc) { of(self).start(desc); };
  hook_.receiver.receiveSlot = [](TupleTableSlot *slot, DestReceiver *self) { return of(self).take(slot), true; };
  hook_.receiver.rShutdown = [](DestReceiver *) {};
  hook_.receiver.rDestroy = [](DestReceiver *) {};
  hook_.receiver.mydest = DestNone;
  hook_.owner = this;
}

void tally::start(TupleDesc desc) {
  rows_ = desc->natts > 0 && strcmp(NameStr(TupleDescAttr(desc, 0)->attname), "of tenant") == 0;
  if (!rows_) return;
  const auto type = [&](int i) { return TupleDescAttr(desc, i)->atttypid; };
  if (desc->natts != 3 || type(0) != TEXTOID || type(1) != TIMESTAMPTZOID || type(2) != BOOLOID)
    elog(ERROR, "a statement of retention yields other rows than it should");
}

void tally::take_outcome(TupleTableSlot *slot) {
  MemoryContext before = MemoryContextSwitchTo(context_);
  outcome_row row(type_);
  slot_getallattrs(slot);
  TupleDesc given = slot->tts_tupleDescriptor;
  for (int i = 0; i < given->natts; i++) {
    if (slot->tts_isnull[i]) continue;
    Form_pg_attribute attribute = TupleDescAttr(given, i);
    row.set(NameStr(attribute->attname), attribute->atttypid, slot->tts_values[i]);
  }
  outcome_ = row.made();
  known_ = true;
  MemoryContextSwitchTo(before);
}

void tally::take(TupleTableSlot *slot) {
  if (!rows_) return take_outcome(slot);
  bool null;
  if (DatumGetBool(slot_getattr(slot, 3, &null)) && !null) return;
  removed_++;
  const TimestampTz time = DatumGetTimestampTz(slot_getattr(slot, 2, &null));
  if (!null) {
    oldest_ = std::min(oldest_, time);
    newest_ = std::max(newest_, time);
  }
  const Datum tenant = slot_getattr(slot, 1, &null);
  if (!null) count(pg::text_in(tenant));
}

void tally::count(std::string_view tenant) {
  if (tenants_ == nullptr) {
    HASHCTL control{};
    control.keysize = sizeof(tenant_key);
    control.entrysize = sizeof(tenant_count);
    control.hash = hash_of;
    control.match = differ;
    control.hcxt = context_;
    tenants_ =
        hash_create("rows removed by tenant", 64, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
  }
  const tenant_key key{tenant.data(), static_cast<int>(tenant.size())};
  bool found;
  auto *entry = static_cast<tenant_count *>(hash_search(tenants_, &key, HASH_ENTER, &found));
  if (!found) {
    entry->key.text = static_cast<char *>(memcpy(MemoryContextAlloc(context_, key.length + 1), key.text, key.length));
    entry->rows = 0;
  }
  entry->rows++;
}

Datum tally::tenants() {
  JsonbParseState *state = nullptr;
  pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
  HASH_SEQ_STATUS scan;
  hash_seq_init(&scan, tenants_);
  while (auto *entry = static_cast<tenant_count *>(hash_seq_search(&scan))) {
    JsonbValue key = string_value(entry->key.text, entry->key.length), rows = number_value(entry->rows);
    pushJsonbValue(&state, WJB_KEY, &key);
    pushJsonbValue(&state, WJB_VALUE, &rows);
  }
  JsonbValue *all = pushJsonbValue(&state, WJB_END_OBJECT, nullptr);
  return JsonbPGetDatum(JsonbValueToJsonb(all));
}

Datum tally::outcome() {
  if (known_) return outcome_;
  outcome_row row(type_);
  if (!rows_) return row.made();
  row.set("rows", INT8OID, Int64GetDatum(removed_));
  if (removed_ > 0 && oldest_ <= newest_) {
    row.set("oldest", TIMESTAMPTZOID, TimestampTzGetDatum(oldest_));
    row.set("newest", TIMESTAMPTZOID, TimestampTzGetDatum(newest_));
  }
  if (tenants_ != nullptr) row.set("tenants", JSONBOID, tenants());
  return row.made();
}

}  // namespace primecloud::retention
