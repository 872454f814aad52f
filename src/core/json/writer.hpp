// JSON text in order: brackets, names and values.  Commas are the writer's business.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/json/text.hpp"

namespace primecloud {

// `sink` takes the pieces, as that of write_json_string() does.  What is written is as
// compact as can be, unless the separators say otherwise.
template <class Sink>
class json_writer {
 public:
  explicit json_writer(Sink sink, std::string_view comma = ",", std::string_view colon = ":") noexcept
      : sink_(std::move(sink)), comma_(comma), colon_(colon) {}

  void open(char bracket) { sink_(std::string_view(&bracket, 1)), first_ = true; }
  void close(char bracket) { sink_(std::string_view(&bracket, 1)), first_ = false; }

  // Before each element of an array, and by itself before each member of an object.
  void next() {
    if (!first_) sink_(comma_);
    first_ = false;
  }
  void name(std::string_view of) {
    next();
    write_json_string(of, sink_);
    sink_(colon_);
  }

  void text(std::string_view of, std::optional<std::string_view> value) {
    name(of);
    if (value)
      write_json_string(*value, sink_);
    else
      sink_(std::string_view("null"));
  }
  void number(std::string_view of, std::int64_t value) {
    name(of);
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    sink_(std::string_view(digits, static_cast<std::size_t>(end - digits)));
  }
  void truth(std::string_view of, bool value) {
    name(of);
    sink_(std::string_view(value ? "true" : "false"));
  }

 private:
  Sink sink_;
  std::string_view comma_, colon_;
  bool first_ = true;
};

}  // namespace primecloud
