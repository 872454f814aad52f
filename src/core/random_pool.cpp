#include "core/random_pool.hpp"

#include <sodium.h>

#include <algorithm>

namespace primecloud {
namespace {
std::uint8_t pool[4096];
std::size_t used = sizeof pool;
int owner = 0;
}  // namespace

void take_random(std::span<std::uint8_t> out, int process) noexcept {
  if (out.size() > sizeof pool / 4) return randombytes_buf(out.data(), out.size());
  if (owner != process || used + out.size() > sizeof pool) {
    randombytes_buf(pool, sizeof pool);
    used = 0;
    owner = process;
  }
  std::copy_n(pool + used, out.size(), out.begin());
  sodium_memzero(pool + used, out.size());  // never handed out twice, nor found later
  used += out.size();
}

}  // namespace primecloud
