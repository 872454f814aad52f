// The words of a function's text: what it calls and reads, as far as text tells.  Comments
// are passed over; the contents of strings are words too, since EXECUTE runs them.
#pragma once

#include <string_view>

namespace primecloud::review {

struct word {
  std::string_view text;
  bool quoted = false;  // as an identifier: its case counts
  char before = '\0';   // the last character before it that is no white space
  bool is(std::string_view lower) const;
};

class words {
 public:
  explicit words(std::string_view text) : text_(text) {}
  bool next(word &found);
  char after() const;  // the next character that is no white space
  // What stands in quotes after the parenthesis that follows: the first argument, if it is a constant.
  std::string_view argument() const;
  // Whether an argument of the call that follows, from 0, begins with a constant in quotes.
  bool is_constant_argument(int number) const;

 private:
  void skip_comment();
  std::string_view text_;
  std::size_t at_ = 0;
};

// What a body has of a context by its words.
struct body_context {
  bool any = false, tenant = false, person = false, role = false, claim = false;
  bool as_it_runs = false;        // asks as whom it runs: current_user, not session_user
  bool fixed = false;             // it has said itself what it asks: by SET, or as its owner
  std::string_view setting = {};  // the last that is named
};
body_context context_of_body(std::string_view text);

}  // namespace primecloud::review
