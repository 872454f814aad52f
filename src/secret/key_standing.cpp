#include "secret/key_standing.hpp"

#include "secret/key_table.hpp"

namespace primecloud::secret {

const char *why_not(standing state) noexcept {
  switch (state) {
    case standing::retired: return "PC004";
    case standing::unknown: return "PC003";
    case standing::of_no_use: return "PC005";
    default: return nullptr;
  }
}

void key_standings::begin() {
  HASHCTL shape{};
  shape.keysize = sizeof(int64);
  shape.entrysize = sizeof(known_key);
  shape.hcxt = CurrentMemoryContext;
  keys_ = hash_create("standing of data keys", 64, &shape, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

standing key_standings::of(std::int64_t id) {
  if (id == last_.id && id != 0) return last_.state;
  bool known;
  auto *entry = static_cast<known_key *>(hash_search(keys_, &id, HASH_ENTER, &known));
  if (known) {
    last_ = *entry;
    return entry->state;
  }
  key_row row;
  if (!find_key(id, row))
    entry->state = standing::unknown;
  else if (row.purpose != key_purpose::seal)
    entry->state = standing::of_no_use;
  else if (row.state == 'a')
    entry->state = standing::current;
  else
    entry->state = row.state == 'd' ? standing::older : standing::retired;
  return entry->state;
}

}  // namespace primecloud::secret
