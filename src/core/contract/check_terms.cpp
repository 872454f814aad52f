#include "core/contract/check_terms.hpp"

#include <charconv>

namespace primecloud::contract {
namespace {

saying about(const term &condition, const facts &known) { return {{{condition.column, known}}, true}; }
saying refuses_nothing() { return {{}, true}; }

// A number as it stands on the wire of its column: of a double the shortest digits that are it.
std::optional<value> value_of(const constant &one, number_kind number) {
  if (one.is != constant::kind::number) return value{one.is, std::string(one.text)};
  const auto exact = read_decimal(one.text);
  if (!exact) return value{one.is, std::string(one.text)};
  if (number != number_kind::single && number != number_kind::twofold) return value{one.is, text_of(*exact)};
  double twofold = 0;
  std::from_chars(one.text.data(), one.text.data() + one.text.size(), twofold);
  if (number == number_kind::single && static_cast<double>(static_cast<float>(twofold)) != twofold) return std::nullopt;
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, twofold).ptr;
  const auto shortest = read_decimal({digits, static_cast<std::size_t>(end - digits)});
  return shortest ? std::optional(value{one.is, text_of(*shortest)}) : std::nullopt;
}

saying read_list(const term &condition) {
  facts known;
  known.values.emplace();
  saying all = about(condition, known);
  for (int i = 0; i < condition.count; i++) {
    const constant &one = condition.constants[i];
    if (one.is == constant::kind::null) return refuses_nothing();
    if (auto given = value_of(one, condition.number))
      all.columns[condition.column].values->push_back(*given);
    else
      return {};
  }
  facts &list = all.columns[condition.column];
  list.no_nan = list.no_infinity = list.no_minus_infinity = condition.number != number_kind::none;
  return all;
}

saying read_comparison(const term &condition) {
  const constant &one = condition.constants[0];
  if (one.is == constant::kind::null) return refuses_nothing();
  if (condition.order == term::sign::equal) return read_list(condition);
  if (condition.order == term::sign::unequal) {
    if (one.is != constant::kind::text || !one.text.empty()) return {};
    facts known;
    known.min_length = 1;
    return about(condition, known);
  }
  return one.is == constant::kind::number ? read_bound(condition) : saying{};
}

saying read_length(const term &condition) {
  const constant &one = condition.constants[0];
  if (one.is == constant::kind::null) return refuses_nothing();
  const auto number = one.is == constant::kind::number ? read_decimal(one.text) : std::nullopt;
  const auto down = number ? floor_of(*number) : std::nullopt, up = number ? ceiling_of(*number) : std::nullopt;
  if (!down || !up) return {};
  facts known;
  switch (condition.order) {
    case term::sign::less: known.max_length = *up - 1; break;
    case term::sign::at_most: known.max_length = *down; break;
    case term::sign::at_least: known.min_length = *up; break;
    case term::sign::greater: known.min_length = *down + 1; break;
    case term::sign::equal: known.min_length = known.max_length = *down; break;
    default: return {};
  }
  if (known.max_length && *known.max_length < 0) return {};
  if (known.min_length && *known.min_length <= 0) known.min_length.reset();
  return about(condition, known);
}

}  // namespace

saying read_one(const term &condition) {
  facts known;
  switch (condition.is) {
    case term::what::is_null: known.values.emplace(); return about(condition, known);
    case term::what::is_not_null: known.not_null = true; return about(condition, known);
    case term::what::elements_not_null: known.elements_not_null = true; return about(condition, known);
    case term::what::compare: return read_comparison(condition);
    case term::what::any_of: return read_list(condition);
    case term::what::length: return read_length(condition);
    case term::what::matches:
      if (condition.constants[0].is == constant::kind::null) return refuses_nothing();
      if (!is_plain_pattern(condition.constants[0].text)) return {};
      known.patterns.emplace(condition.constants[0].text);
      return about(condition, known);
    default: return {};
  }
}

}  // namespace primecloud::contract
