// A small table of the extension that every backend keeps what it has read of.
//
// It is read as it is by now, whatever the transaction's own snapshot, or a backend that read
// in REPEATABLE READ would keep the past for ever.  Rows are no matter of the relation cache,
// so whoever changes them says so by changed() (table_changed() in SQL): every backend then
// forgets, once the change has committed.
#pragma once

#include <cstdint>

#include "pg/table.hpp"

namespace primecloud::pg {

class cached_table {
 public:
  using forgetter = void (*)() noexcept;

  // A namespace-scope object.  `forget` drops what was kept, and calls nothing of the server.
  cached_table(const char *name, forgetter forget) noexcept : name_(name), forget_(forget), next_(first_) {
    first_ = this;
  }
  cached_table(const cached_table &) = delete;
  cached_table &operator=(const cached_table &) = delete;

  // InvalidOid where the extension is not installed.
  SERVER_CODE Oid oid() const {
    const Oid for_callers = extension_table(name_);
    return OidIsValid(for_callers) ? for_callers : internal_table(name_);
  }

  // What fill(table) returns, which reads the table and keeps what it finds; again and again
  // until the table does not change meanwhile.  Server code: nothing with a destructor alive.
  template <class F>
  SERVER_CODE auto read(F &&fill) {
    watched_ = oid();
    for (;;) {
      const std::uint64_t before = changes_;
      auto found = fill(watched_);
      if (changes_ == before) return found;
      forget_();
    }
  }

  // Every backend forgets when this transaction commits; this one with its next command.
  SERVER_CODE void changed() const {
    const Oid table = oid();
    if (OidIsValid(table)) tell(table);
  }

  SERVER_CODE static void tell(Oid table);
  SERVER_CODE static void told(Oid table) noexcept;  // by the server

 private:
  const char *name_;
  forgetter forget_;
  Oid watched_ = InvalidOid;
  std::uint64_t changes_ = 0;
  cached_table *next_;
  static inline constinit cached_table *first_ = nullptr;
};

// How often a relation, its name and columns among it, or a cached table has changed so far,
// as far as this backend has been told: what was looked up under another number is looked up again.
std::uint64_t relation_changes() noexcept;

}  // namespace primecloud::pg
