#include "core/types/typeid.hpp"

#include <array>

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr std::size_t digits = 26;
constexpr std::size_t longest_prefix = 63;
constexpr char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

constexpr auto values = [] {
  std::array<std::int16_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 32; i++) table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int16_t>(i);
  return table;
}();

error malformed_typeid(std::string_view text, std::string_view rule) {
  return error(invalid_text, "invalid TypeID: \"" + std::string(text) + "\"").with_detail(std::string(rule));
}

// 26 digits of 5 bits are 130: the first holds but 3.
std::optional<uuid> decode(std::string_view suffix) noexcept {
  if (suffix.size() != digits || values[static_cast<unsigned char>(suffix[0])] > 7) return std::nullopt;
  uuid id;
  unsigned pending = 0;
  int bits = -2, next = 0;
  for (const char c : suffix) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    pending = pending << 5 | static_cast<unsigned>(value);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    id.octets[next++] = static_cast<std::uint8_t>(pending >> bits);
    pending &= (1u << bits) - 1;
  }
  return id;
}
}  // namespace

std::string uuid_base32(const uuid &id) {
  std::string text;
  text.reserve(digits);
  unsigned pending = 0;
  int bits = 2;  // two zero bits in front make 130
  for (const auto octet : id.octets) {
    pending = pending << 8 | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(alphabet[pending >> bits & 31]);
    }
    pending &= (1u << bits) - 1;
  }
  return text;
}

std::optional<std::string_view> typeid_prefix_problem(std::string_view prefix) noexcept {
  if (prefix.empty()) return std::nullopt;
  if (prefix.size() > longest_prefix) return "A prefix has at most 63 characters.";
  for (const char c : prefix) {
    if (!is_lower(c) && c != '_') return "A prefix has only the letters a to z and \"_\".";
  }
  if (prefix.front() == '_' || prefix.back() == '_') return "A prefix begins and ends with a letter.";
  return std::nullopt;
}

result<typeid_parts> split_typeid(std::string_view text) {
  const auto separator = text.rfind('_');
  if (separator == 0) return malformed_typeid(text, "Without a prefix there is no \"_\".");
  const auto prefix = separator == text.npos ? std::string_view{} : text.substr(0, separator);
  if (const auto problem = typeid_prefix_problem(prefix)) return malformed_typeid(text, *problem);
  const auto id = decode(separator == text.npos ? text : text.substr(separator + 1));
  if (!id) {
    return malformed_typeid(
        text, "It ends with 26 digits of the base-32 alphabet 0123456789abcdefghjkmnpqrstvwxyz, the first at most 7.");
  }
  return typeid_parts{prefix, *id};
}

result<std::string> make_typeid(std::string_view prefix, const uuid &id) {
  if (const auto problem = typeid_prefix_problem(prefix)) {
    return error(invalid_value, "invalid TypeID prefix: \"" + std::string(prefix) + "\"")
        .with_detail(std::string(*problem));
  }
  auto text = std::string(prefix);
  if (!text.empty()) text.push_back('_');
  return text + uuid_base32(id);
}

}  // namespace primecloud
