#include "core/secret/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr std::size_t longest_name = 253;  // RFC 1035

bool takes(std::string_view &text, std::string_view beginning) noexcept {
  const bool begins =
      text.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), text.begin(),
                                                    [](char wanted, char c) { return wanted == to_lower(c); });
  if (begins) text.remove_prefix(beginning.size());
  return begins;
}

bool is_hexadecimal(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); });
}

// A parser takes a name for an address by its last label.
bool ends_in_a_number(std::string_view name) noexcept {
  auto last = name.substr(name.rfind('.') + 1);
  if (takes(last, "0x")) return is_hexadecimal(last);
  return std::all_of(last.begin(), last.end(), is_digit);
}

// An address that is written as parsers write it.
bool is_address(int family, std::string_view text) noexcept {
  char given[INET6_ADDRSTRLEN], written[INET6_ADDRSTRLEN];
  unsigned char octets[16];
  if (text.size() >= sizeof given) return false;
  std::transform(text.begin(), text.end(), given, to_lower);
  given[text.size()] = 0;
  return inet_pton(family, given, octets) == 1 && inet_ntop(family, octets, written, sizeof written) != nullptr &&
         std::string_view(written) == std::string_view(given);
}

const char *name_problem(std::string_view name) noexcept {
  if (name.empty()) return "it names no host";
  if (name.size() > longest_name) return "its host is too long";
  if (name.front() == '[') {
    const bool plain =
        name.back() == ']' && name.find('.') == name.npos && is_address(AF_INET6, name.substr(1, name.size() - 2));
    return plain ? nullptr : "its address is not in the shortest form, as [2001:db8::1]";
  }
  for (const char c : name) {
    if (!is_lower(to_lower(c)) && !is_digit(c) && c != '-' && c != '_' && c != '.')
      return "its host has a character that no host has";
  }
  if (name.front() == '.' || name.back() == '.' || name.find("..") != name.npos)
    return "its host has an empty part between dots";
  if (ends_in_a_number(name) && !is_address(AF_INET, name)) return "its address is not four numbers, as 192.0.2.1";
  return nullptr;
}
}  // namespace

const char *read_endpoint(std::string_view text, endpoint &out) noexcept {
  int own_port = 443;
  if (takes(text, "https://")) {
    out.scheme = "https://";
  } else if (takes(text, "http://")) {
    out.scheme = "http://";
    own_port = 80;
  } else {
    return "it has no scheme";
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto colon = text.ends_with(']') ? text.npos : text.rfind(':');
  const auto name = text.substr(0, colon);
  if (const char *problem = name_problem(name)) return problem;
  out.size = static_cast<std::size_t>(std::transform(name.begin(), name.end(), out.text, to_lower) - out.text);
  if (colon == text.npos || colon + 1 == text.size()) return nullptr;
  int port = -1;
  const auto [end, status] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (status != std::errc{} || end != text.data() + text.size() || port < 0 || port > 65535)
    return "its port is no number up to 65535";
  if (port == own_port) return nullptr;
  out.text[out.size++] = ':';
  out.size =
      static_cast<std::size_t>(std::to_chars(out.text + out.size, out.text + sizeof out.text, port).ptr - out.text);
  return nullptr;
}

const char *path_problem(std::string_view path) noexcept {
  if (!path.starts_with('/')) return "does not begin with a slash";
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return "has a part . or .., which clients resolve before they send it";
    path.remove_prefix(segment.size());
  }
  return nullptr;
}

}  // namespace primecloud
