#include "retention/tenant_counts.hpp"

extern "C" {
#include "common/hashfn.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
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

}  // namespace

void tenant_counts::count(std::string_view tenant) {
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

Datum tenant_counts::json() const {
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

}  // namespace primecloud::retention
