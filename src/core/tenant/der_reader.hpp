// DER (X.690), as far as a public key needs it.
#pragma once

#include <optional>

#include "core/tenant/signature.hpp"

namespace primecloud {

// DER, read strictly: lengths are definite and as short as they can be.
class der_reader {
 public:
  explicit der_reader(octets_view rest) noexcept : rest_(rest) {}

  std::optional<octets_view> take(std::uint8_t tag) noexcept {
    if (rest_.size() < 2 || rest_[0] != tag) return std::nullopt;
    std::size_t size = rest_[1], head = 2;
    if (size >= 0x80) {
      const std::size_t count = size & 0x7f;
      if (count == 0 || count > 2 || rest_.size() < 2 + count) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < count; i++) size = size << 8 | rest_[2 + i];
      if (size < 0x80 || (count == 2 && size < 0x100)) return std::nullopt;
      head += count;
    }
    if (rest_.size() - head < size) return std::nullopt;
    const auto content = rest_.subspan(head, size);
    rest_ = rest_.subspan(head + size);
    return content;
  }
  bool done() const noexcept { return rest_.empty(); }

 private:
  octets_view rest_;
};

}  // namespace primecloud
