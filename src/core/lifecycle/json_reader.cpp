// JSON to elements, with nlohmann-json's event parser: iterative, and it refuses
// text that is not UTF-8.
#include <nlohmann/json.hpp>

#include "core/lifecycle/element.hpp"
#include "core/lifecycle/parse.hpp"

namespace primecloud::lifecycle {
namespace {

// A text becomes part of an XML document one day, and a server text now: neither
// holds NUL, and XML holds no control characters but tab and line ends.
void check_text(std::string_view text, std::string_view name) {
  if (text.size() > longest_text) {
    throw refused{{refusals::limit,
                   "the text of \"" + std::string(name.substr(0, 64)) + "\" is longer than " +
                       std::to_string(longest_text) + " bytes",
                   "No part of a rule is that long."}};
  }
  if (!is_document_text(text)) {
    throw refused{{refusals::schema,
                   "the text of \"" + std::string(name.substr(0, 64)) + "\" has a character that XML cannot hold",
                   "S3 takes lifecycle configurations as XML: no control characters but tab and line ends."}};
  }
}

// Far above the grammar, far below what makes looking for repeated names slow.
constexpr std::size_t most_names = 64;

class sax_reader : public nlohmann::json_sax<nlohmann::json> {
 public:
  tree_builder tree;

  bool null() override { return scalar(element::kind::null, "null"); }
  bool boolean(bool value) override { return scalar(element::kind::boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return scalar(element::kind::number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return scalar(element::kind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t &written) override { return scalar(element::kind::number, written); }
  bool string(string_t &value) override {
    check_text(value, key_);
    return scalar(element::kind::text, value);
  }
  bool binary(binary_t &) override { return false; }

  bool start_object(std::size_t) override { return tree.open(take_key(), element::kind::object), true; }
  bool end_object() override { return tree.close(), true; }
  bool start_array(std::size_t) override { return tree.open(take_key(), element::kind::array), true; }
  bool end_array() override { return tree.close(), true; }
  bool key(string_t &name) override {
    check_text(name, "a name");
    if (tree.current().children.size() >= most_names) {
      throw refused{{refusals::limit, "a JSON object has more than " + std::to_string(most_names) + " names",
                     "No part of a rule has that many."}};
    }
    for (const auto &sibling : tree.current().children) {
      if (sibling.name == name) {
        throw refused{{refusals::schema, "\"" + name.substr(0, 64) + "\" is given twice in one JSON object",
                       "Remove one of the two."}};
      }
    }
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override {
    throw refused{{refusals::schema, "JSON syntax error at byte " + std::to_string(position),
                   "The text starts like JSON; check it with a JSON parser."}};
  }

 private:
  bool scalar(element::kind is, std::string text) {
    tree.add(take_key(), is).text = std::move(text);
    return true;
  }
  std::string take_key() { return std::exchange(key_, {}); }
  std::string key_;
};

}  // namespace

element read_json(std::string_view document) {
  sax_reader reader;
  if (!nlohmann::json::sax_parse(document, &reader) || reader.tree.top().empty()) {
    throw refused{{refusals::schema, "JSON syntax error", "The text starts like JSON; check it with a JSON parser."}};
  }
  return std::move(reader.tree.top().front());
}

}  // namespace primecloud::lifecycle
