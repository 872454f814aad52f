// Errors, as the domain sees them: an SQLSTATE and words for a human.
// Nothing here knows PostgreSQL, so the domain can be tested without a server.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace primecloud {

struct sqlstate {
  char text[6];
  // Not consteval: clang 14 crashes where such a value is made in an argument list.
  constexpr sqlstate(const char (&code)[6]) : text{code[0], code[1], code[2], code[3], code[4], 0} {}
};

inline constexpr sqlstate invalid_text{"22P02"};
inline constexpr sqlstate invalid_binary{"22P03"};
inline constexpr sqlstate invalid_value{"22023"};
inline constexpr sqlstate out_of_range{"22003"};
inline constexpr sqlstate limit_exceeded{"54000"};
inline constexpr sqlstate insufficient_privilege{"42501"};
inline constexpr sqlstate wrong_state{"55000"};

// Thrown by domain code; turned into ereport(ERROR) at the boundary, which
// reports the place of the throw.
class error {
 public:
  error(sqlstate code, std::string message, const char *file = __builtin_FILE(), int line = __builtin_LINE(),
        const char *function = __builtin_FUNCTION())
      : code(code), message(std::move(message)), file(file), line(line), function(function) {}

  error &&with_detail(std::string text) && {
    detail = std::move(text);
    return std::move(*this);
  }
  error &&with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
  }

  sqlstate code;
  std::string message, detail, hint;
  const char *file;
  int line;
  const char *function;
};

// A value or the reason there is none.  Type input functions return it, so a
// bad literal costs no exception and stays "soft" on servers that allow it.
template <class T>
class result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(error reason) : state_(std::in_place_index<1>, std::move(reason)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  const T &operator*() const noexcept { return *std::get_if<0>(&state_); }
  const error &reason() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, error> state_;
};

}  // namespace primecloud
