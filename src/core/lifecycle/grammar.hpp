// The grammar of a configuration: elements, whatever they were written in, to
// the document model.  What a value may be is checked here, while reading; what
// goes together is checked after (validate.hpp).
#pragma once

#include <initializer_list>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/element.hpp"

namespace primecloud::lifecycle {

// Throws `refused`.
configuration read_configuration(const element &document, syntax from);

// Where the reader stands: for messages, and for what the two syntaxes do not share.
struct position {
  syntax from;
  std::size_t rule = 0;
  std::string id;

  [[noreturn]] void refuse(refusal as, std::string what, std::string allowed = {}) const;

  std::int64_t integer(const element &e, std::string_view of) const;
  bool boolean(const element &e, std::string_view of) const;
  const std::string &text(const element &e) const;
  timestamp date(const element &e, std::string_view of) const;

  // JSON alone: a name that is not known is a slip of the pen, never an extension.
  void only(const element &e, std::initializer_list<std::string_view> names) const;
  // JSON: an object; and null or {} is as good as absent.
  bool holds_something(const element &e) const;
};

// "\"" + text + "\"", shortened for a message.
std::string quoted(std::string_view text);

rule read_rule(const element &e, position at);
filter read_filter(const element &e, const position &at);
std::optional<expiration> read_expiration(const element &e, const position &at);
std::optional<noncurrent_expiration> read_noncurrent_expiration(const element &e, const position &at);
// MinIO's older spelling of two things it now writes apart.
void read_all_versions_expiration(const element &e, rule &into, const position &at);
std::optional<transition> read_transition(const element &e, const position &at);
std::optional<noncurrent_transition> read_noncurrent_transition(const element &e, const position &at);
// An element that holds one positive number of days.
std::optional<std::int64_t> read_days(const element &e, std::string_view days_name, refusal as, const position &at);
// The rules of applications that keep lists of their own (application_rules.cpp).
bool is_application_rule(const element &e) noexcept;
rule read_application_rule(const element &e, position at);

}  // namespace primecloud::lifecycle
