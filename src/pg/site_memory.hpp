// What one place in a query remembers from row to row (FmgrInfo.fn_extra): a large
// argument unpacked, and the type returned.
//
// Unpacking a large argument, which is the same for every row of a scan, would
// cost ten times what most functions do with it.  The bytes as they came, a toast
// pointer or a compressed value, are the key to the copy that was unpacked once.
#pragma once

#include <cstdint>

#include "pg/varlena.hpp"

extern "C" {
#include "utils/lsyscache.h"
}

namespace primecloud::pg {

class site_memory {
 public:
  // Nothing if the function was called without a place to remember (DirectFunctionCall).
  SERVER_CODE static site_memory *of(FunctionCallInfo fcinfo) {
    if (fcinfo->flinfo == nullptr) return nullptr;
    if (fcinfo->flinfo->fn_extra == nullptr) {
      auto *made = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(site_memory));
      fcinfo->flinfo->fn_extra = made;
    }
    return static_cast<site_memory *>(fcinfo->flinfo->fn_extra);
  }

  // The type this place returns.  A row type's descriptor is looked up anew for
  // every row: it may change between two calls.
  SERVER_CODE Oid result_type(FunctionCallInfo fcinfo) {
    if (!OidIsValid(result_type_)) result_type_ = get_func_rettype(fcinfo->flinfo->fn_oid);
    return result_type_;
  }

  // The bytes of a varlena argument, unaligned, valid until the next call.
  // One large argument a place: the last one asked for is the one kept.
  SERVER_CODE bytes_view unpack(FunctionCallInfo fcinfo, Datum d) {
    auto *const given = reinterpret_cast<varlena *>(DatumGetPointer(d));
    // An out-of-line pointer looks short as well, so it must be asked about first.
    const bool on_disk = VARATT_IS_EXTERNAL_ONDISK(given);
    if (!on_disk && (VARATT_IS_EXTERNAL(given) || !VARATT_IS_COMPRESSED(given))) return bytes_in(d);

    const Size size = VARSIZE_ANY(given);
    if (size != key_size_ || memcmp(key_, given, size) != 0) remember(fcinfo->flinfo->fn_mcxt, given, size);
    return bytes_in(unpacked_);
  }

 private:
  SERVER_CODE void remember(MemoryContext memory, varlena *given, Size size) {
    key_size_ = 0;  // nothing is remembered if what follows fails
    if (unpacked_ != nullptr) pfree(unpacked_);
    if (key_ != nullptr) pfree(key_);
    unpacked_ = nullptr;
    key_ = nullptr;
    const MemoryContext before = MemoryContextSwitchTo(memory);
    unpacked_ = pg_detoast_datum(given);
    key_ = static_cast<char *>(palloc(size));
    MemoryContextSwitchTo(before);
    memcpy(key_, given, size);
    key_size_ = size;
  }

  Oid result_type_;
  Size key_size_;
  char *key_;
  varlena *unpacked_;
};

}  // namespace primecloud::pg
