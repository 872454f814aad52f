// JSON text, piece by piece (RFC 8259): string escapes, the camelCase of a column
// name, and whether text that the server printed is a JSON number.
//
// Nothing here owns memory: pieces go to a sink, any callable that takes a
// std::string_view, so that the server's own buffers can be written directly.
#pragma once

#include <cstddef>
#include <string_view>

namespace primecloud {

// Writes `text`, which must be UTF-8, as a JSON string with its quotes.  Only what
// RFC 8259 section 7 demands is escaped.
template <class Sink>
void write_json_string(std::string_view text, Sink &&sink) {
  sink(std::string_view("\""));
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    sink(text.substr(plain, i - plain));
    plain = i + 1;
    constexpr char hex[] = "0123456789abcdef";
    switch (c) {
      case '"': sink(std::string_view("\\\"")); break;
      case '\\': sink(std::string_view("\\\\")); break;
      case '\b': sink(std::string_view("\\b")); break;
      case '\f': sink(std::string_view("\\f")); break;
      case '\n': sink(std::string_view("\\n")); break;
      case '\r': sink(std::string_view("\\r")); break;
      case '\t': sink(std::string_view("\\t")); break;
      default: {
        const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        sink(std::string_view(escape, sizeof escape));
      }
    }
  }
  sink(text.substr(plain));
  sink(std::string_view("\""));
}

// The camelCase of a snake_case name: an underscore goes and the letter after it is
// raised; leading underscores stay.  Writes at most name.size() bytes to `out` and
// returns how many.  Bytes outside ASCII pass unchanged.
std::size_t camel_case(std::string_view name, char *out) noexcept;

// Whether `text` is a number by the grammar of RFC 8259 section 6, and so may stand
// unquoted.  NaN and Infinity are not.
bool is_json_number(std::string_view text) noexcept;

}  // namespace primecloud
