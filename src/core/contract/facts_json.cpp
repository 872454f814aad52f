#include <algorithm>

#include "core/contract/facts.hpp"
#include "core/json/writer.hpp"

namespace primecloud::contract {
namespace {

bool is_finite(const value &number) { return number.text != "NaN" && !number.text.ends_with("Infinity"); }

// Whether the bounds leave a value that a list has.
bool within(const value &one, const facts &known) {
  if (one.is != constant::kind::number || !is_finite(one)) return true;
  const auto number = read_decimal(one.text);
  const auto beyond = [&](const std::optional<limit> &bound, int side) {
    if (!bound) return false;
    const int order = compare(*number, bound->at) * side;
    return order > 0 || (order == 0 && bound->exclusive);
  };
  return !beyond(known.high, 1) && !beyond(known.low, -1);
}

bool before(const value &a, const value &b) {
  if (a.is != constant::kind::number || !is_finite(a) || !is_finite(b)) return a.text < b.text;
  return compare(*read_decimal(a.text), *read_decimal(b.text)) < 0;
}

struct into_string {
  std::string *out;
  void operator()(std::string_view piece) const { out->append(piece); }
};
using writer = json_writer<into_string>;

void write_values(writer &to, std::string &out, const facts &known) {
  std::vector<value> left;
  std::copy_if(known.values->begin(), known.values->end(), std::back_inserter(left),
               [&](const value &one) { return within(one, known); });
  std::sort(left.begin(), left.end(), before);
  to.name("values");
  to.open('[');
  for (const value &one : left) {
    to.next();
    if (one.is == constant::kind::text || !(one.is == constant::kind::truth || is_finite(one)))
      write_json_string(one.text, into_string{&out});
    else
      out += one.text;
  }
  to.close(']');
}

void write_limit(writer &to, std::string &out, const std::optional<limit> &bound, const char *inclusive,
                 const char *exclusive) {
  if (!bound) return;
  to.name(bound->exclusive ? exclusive : inclusive);
  out += text_of(bound->at);
}

}  // namespace

std::string json_of(const facts &known) {
  std::string out;
  writer to(into_string{&out});
  to.open('{');
  if (known.not_null) to.truth("not_null", true);
  if (known.elements_not_null) to.truth("elements_nullable", false);
  if (known.values) write_values(to, out, known);
  write_limit(to, out, known.low, "min", "above");
  write_limit(to, out, known.high, "max", "below");
  if (known.min_length) to.number("min_length", *known.min_length);
  if (known.max_length) to.number("max_length", *known.max_length);
  const std::pair<bool, const char *> excluded[] = {
      {known.no_minus_infinity, "-Infinity"}, {known.no_infinity, "Infinity"}, {known.no_nan, "NaN"}};
  const auto list = [&](const char *name, const auto &pieces, auto taken, auto text) {
    if (std::none_of(std::begin(pieces), std::end(pieces), taken)) return;
    to.name(name);
    to.open('[');
    for (const auto &piece : pieces) {
      if (!taken(piece)) continue;
      to.next();
      write_json_string(text(piece), into_string{&out});
    }
    to.close(']');
  };
  list(
      "excluded", excluded, [](auto one) { return one.first; }, [](auto one) { return one.second; });
  list(
      "patterns", known.patterns, [](const auto &) { return true; }, [](const auto &one) { return one; });
  to.close('}');
  return out;
}

}  // namespace primecloud::contract
