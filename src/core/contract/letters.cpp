#include "core/contract/letters.hpp"

#include "core/ascii.hpp"

namespace primecloud::contract {
namespace {

struct range {
  char32_t first, last;
};

// Blocks that hold letters and nothing else, of the scripts that people write names in.  A
// letter outside separates words: the name is shorter, and still one.
constexpr range letters[] = {
    {0x00aa, 0x00aa}, {0x00b5, 0x00b5}, {0x00ba, 0x00ba}, {0x00c0, 0x00d6},   {0x00d8, 0x00f6}, {0x00f8, 0x02c1},
    {0x0370, 0x0373}, {0x0376, 0x0377}, {0x037b, 0x037d}, {0x0386, 0x0386},   {0x0388, 0x038a}, {0x038e, 0x03a1},
    {0x03a3, 0x03f5}, {0x03f7, 0x0481}, {0x048a, 0x052f}, {0x0531, 0x0556},   {0x0561, 0x0587}, {0x05d0, 0x05ea},
    {0x0620, 0x064a}, {0x0671, 0x06d3}, {0x0904, 0x0939}, {0x0985, 0x098c},   {0x0e01, 0x0e30}, {0x10d0, 0x10fa},
    {0x1e00, 0x1f15}, {0x3041, 0x3096}, {0x30a1, 0x30fa}, {0x3105, 0x312f},   {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
    {0xac00, 0xd7a3}, {0xff21, 0xff3a}, {0xff41, 0xff5a}, {0x20000, 0x2a6df},
};

char32_t code_point(std::string_view bytes) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  char32_t point = byte(0) & (0xffu >> (bytes.size() + 1));
  for (std::size_t i = 1; i < bytes.size(); i++) point = point << 6 | (byte(i) & 0x3fu);
  return point;
}

}  // namespace

std::size_t character_at(std::string_view text, std::size_t at) noexcept {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + size <= text.size() ? size : 1;
}

std::size_t letter_at(std::string_view text, std::size_t at) noexcept {
  const char c = text[at];
  if (is_digit(c) || is_lower(c) || is_upper(c) || c == '_' || c == '$') return 1;
  const std::size_t size = character_at(text, at);
  if (size == 1) return 0;
  const char32_t point = code_point(text.substr(at, size));
  for (const range &block : letters) {
    if (point >= block.first && point <= block.last) return size;
  }
  return 0;
}

}  // namespace primecloud::contract
