#include "core/lifecycle/parse.hpp"

#include "core/lifecycle/calendar.hpp"
#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/scalar.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"

namespace primecloud::lifecycle {
namespace {

template <class Make>
result<std::vector<std::uint8_t>> result_of(Make make) {
  try {
    return make();
  } catch (const refused &r) {
    return to_error(r.why);
  }
}

// The length of the UTF-8 character that starts here, or 0 if none does (RFC 3629).
std::size_t character_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0, surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90, beyond = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_document_text(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = character_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) return false;
    if (text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF")) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_document_date(timestamp date) noexcept {
  const auto year = civil_from_days(day_of(date)).year;
  return date.microseconds % microseconds_per_day == 0 && year >= 0 && year <= 9999 && !is_zero_date(date);
}

void check_configuration(const configuration &c) {
  if (auto wrong = find_problem(c)) throw refused{std::move(*wrong)};
  for (std::size_t i = 0; i < c.rules.size(); i++) {
    if (c.rules[i].id.empty())
      throw refused{{refusals::same_ids, "the ID is empty", "Give the rule an ID, or none.", i + 1, {}}};
  }
  if (write_json(c).size() > longest_canonical) {
    throw refused{{refusals::limit,
                   "the configuration is larger than " + std::to_string(longest_canonical) + " bytes of JSON",
                   "Use fewer rules, or shorter IDs, prefixes and tags."}};
  }
}

configuration understand(std::string_view document) {
  if (document.size() > longest_document) {
    throw refused{{refusals::limit, "the document is longer than " + std::to_string(longest_document) + " bytes",
                   "Remove white space, or rules."}};
  }
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (document.starts_with(mark)) document.remove_prefix(mark.size());
  const auto first = document.find_first_not_of(" \t\r\n");
  if (first == document.npos)
    throw refused{
        {refusals::schema, "the document is empty", "Write S3 XML or JSON; NULL stands for no configuration."}};
  // XML wants its declaration first of all, JSON does not mind.
  document.remove_prefix(first);
  const char sign = document.front();
  if (sign != '<' && sign != '{' && sign != '[') {
    throw refused{{refusals::schema, "the document starts with neither <, { nor [",
                   "Write S3 XML (<LifecycleConfiguration>) or JSON ({\"Rules\": [...]})."}};
  }
  const auto from = sign == '<' ? syntax::xml : syntax::json;
  auto c = read_configuration(from == syntax::xml ? read_xml(document) : read_json(document), from);
  assign_ids(c);
  check_configuration(c);
  return c;
}

result<std::vector<std::uint8_t>> parse(std::string_view document) {
  return result_of([&] { return encode(understand(document)); });
}

result<std::vector<std::uint8_t>> receive(bytes record) {
  auto made = result_of([&] { return encode(decode(record)); });
  if (made) return made;
  auto reason = made.reason();
  if (reason.code.text[0] == '2') reason.code = invalid_binary;
  return reason;
}

}  // namespace primecloud::lifecycle
