// What seals and reads a context on its way between nodes.  It needs the root key: the room that has that gives it,
// when the library is loaded.
#pragma once

#include "core/tenant/carried.hpp"
#include "pg/postgres.hpp"

namespace primecloud::tenant {

class carrier {
 public:
  // Whether a root key is configured.
  virtual bool can_seal() const noexcept = 0;
  // These throw (is_over: made so that its time is over), and what is sealed is the server's memory.
  virtual const char *seal(const char *encoded, const carried_session &whose, const char *role, bool is_over) const = 0;
  virtual carried read(const char *text, const carried_session &here) const = 0;

 protected:
  ~carrier() = default;
};
extern const carrier *carrying;

}  // namespace primecloud::tenant
