// What a reseal has to do with rows of each data key, looked up once a batch.  Server code.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

extern "C" {
#include "utils/hsearch.h"
}

namespace primecloud::secret {

enum class standing : char { current, older, retired, unknown, of_no_use };

// SQLSTATE under which a row of such a key is noted; nullptr if it can be sealed anew.
const char *why_not(standing state) noexcept;

class key_standings {
 public:
  SERVER_CODE void begin();  // in the current memory context
  SERVER_CODE standing of(std::int64_t id);

 private:
  struct known_key {
    int64 id;  // the hash table's
    standing state;
  };
  HTAB *keys_ = nullptr;
  known_key last_{};  // rows of one key often lie together
};

}  // namespace primecloud::secret
