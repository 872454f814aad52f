// Functions known by their schemas' names and their own, whatever they take: which of them an Oid is.  Looked up once,
// and again when a function or a schema has changed.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "utils/catcache.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::pg {

struct function_name {
  const char *schema;
  const char *name;
};

template <std::size_t count>
class named_functions {
 public:
  // names: lives as long as this does.
  constexpr explicit named_functions(const std::array<function_name, count> &names) noexcept : names_{names} {}

  // Once, as the library is loaded.
  SERVER_CODE void watch() {
    const auto changed = [](Datum self, int, uint32) noexcept {
      reinterpret_cast<named_functions *>(DatumGetPointer(self))->changes_++;
    };
    CacheRegisterSyscacheCallback(PROCOID, changed, PointerGetDatum(this));
    CacheRegisterSyscacheCallback(NAMESPACEOID, changed, PointerGetDatum(this));
  }

  // The name of a function that is one of them; else nullptr.
  SERVER_CODE const function_name *find(Oid function) {
    if (known_at_ != changes_) look_all_up();
    for (std::size_t i = 0; i < known_; i++) {
      if (each_[i].first == function) return each_[i].second;
    }
    return nullptr;
  }

 private:
  SERVER_CODE void look_all_up() {
    const std::uint64_t now = changes_;
    known_ = 0;
    for (const function_name &each : names_) look_up(each);
    known_at_ = now;  // (what has changed meanwhile is looked up again)
  }

  SERVER_CODE void look_up(const function_name &of) {
    const Oid schema = get_namespace_oid(of.schema, true);
    if (!OidIsValid(schema)) return;
    CatCList *named = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(of.name));
    for (int i = 0; i < named->n_members && known_ < each_.size(); i++) {
      const auto *function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(&named->members[i]->tuple));
      if (function->pronamespace == schema) each_[known_++] = {function->oid, &of};
    }
    ReleaseSysCacheList(named);
  }

  static constexpr std::size_t overloads = 4;
  const std::array<function_name, count> &names_;
  std::uint64_t changes_ = 1;
  std::uint64_t known_at_ = 0;
  std::size_t known_ = 0;
  std::array<std::pair<Oid, const function_name *>, overloads * count> each_{};
};

}  // namespace primecloud::pg
