// Random bytes in bulk: a system call for each nonce would cost more than the cipher.
#pragma once

#include <cstdint>
#include <span>

namespace primecloud {

// Fills `out` from a pool of this process.  `process` is its id: after a fork the
// child must not repeat the parent's bytes, and so starts a pool of its own.
void take_random(std::span<std::uint8_t> out, int process) noexcept;

}  // namespace primecloud
