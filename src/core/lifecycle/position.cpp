// Scalars with a reason when they are wrong.
#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/scalar.hpp"

namespace primecloud::lifecycle {

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.size() <= longest) return "\"" + std::string(text) + "\"";
  std::size_t cut = longest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) cut--;  // whole UTF-8 characters
  return "\"" + std::string(text.substr(0, cut)) + "...\"";
}

void position::refuse(refusal as, std::string what, std::string allowed) const {
  throw refused{{as, std::move(what), std::move(allowed), rule, id}};
}

const std::string &position::text(const element &e) const {
  if (!e.children.empty() || e.is != element::kind::text) {
    refuse(refusals::schema, e.name + " is not a text",
           "Write " + e.name + (from == syntax::json ? " as a JSON string." : " as plain text."));
  }
  return e.text;
}

std::int64_t position::integer(const element &e, std::string_view of) const {
  const std::string name = e.name + " of " + std::string(of);
  const auto expected = from == syntax::json ? element::kind::number : element::kind::text;
  if (!e.children.empty() || e.is != expected) {
    refuse(refusals::number, name + " is not a whole number",
           from == syntax::json ? "Write it as a JSON number, without quotes." : "Write a decimal number.");
  }
  const auto value = read_integer(e.text);
  if (!value)
    refuse(refusals::number, name + " is " + lifecycle::quoted(e.text) + ", not a whole number",
           "Write a decimal number of at most 9223372036854775807.");
  return *value;
}

bool position::boolean(const element &e, std::string_view of) const {
  const auto expected = from == syntax::json ? element::kind::boolean : element::kind::text;
  const auto value = e.children.empty() && e.is == expected ? read_boolean(e.text) : std::nullopt;
  if (!value)
    refuse(refusals::number,
           e.name + " of " + std::string(of) + " is " + lifecycle::quoted(e.text) + ", not a truth value",
           "Write true or false.");
  return *value;
}

timestamp position::date(const element &e, std::string_view of) const {
  const std::string name = "Date of " + std::string(of) + " is " + lifecycle::quoted(e.text);
  const auto read = read_date(text(e), from == syntax::json);
  if (!read) refuse(refusals::date_form, name + ", not an ISO 8601 date", "Write it like 2030-01-31T00:00:00Z.");
  if (!read->midnight || !read->utc)
    refuse(refusals::date_midnight, name + ", not midnight UTC", "Write it like 2030-01-31T00:00:00Z.");
  return read->at;
}

void position::only(const element &e, std::initializer_list<std::string_view> names) const {
  if (from != syntax::json) return;
  for (const auto &child : e.children) {
    bool known = false;
    std::string all;
    for (const auto name : names) {
      known = known || child.name == name;
      all.append(all.empty() ? "" : ", ").append(name);
    }
    if (!known) {
      refuse(refusals::schema,
             lifecycle::quoted(child.name) + " is not known" + (e.name.empty() ? "" : " in " + e.name),
             "Known here: " + all + ". Names are case-sensitive.");
    }
  }
}

bool position::holds_something(const element &e) const {
  if (from == syntax::xml) return true;
  if (e.is == element::kind::null) return false;
  if (e.is != element::kind::object)
    refuse(refusals::schema, e.name + " is not an object", "Write " + e.name + " as a JSON object.");
  return !e.children.empty();
}

}  // namespace primecloud::lifecycle
