#include "core/contract/emit.hpp"
#include "core/error.hpp"

namespace primecloud::contract {
namespace {

[[noreturn]] void refuse(const std::string &name, const node &value, const char *allowed) {
  throw error(invalid_value, "option \"" + name + "\" is \"" + value.text + "\"")
      .with_hint(std::string("It is one of ") + allowed + ".");
}

bool flag(const std::string &name, const node &value) {
  if (value.is != node::kind::boolean) refuse(name, value, "true and false");
  return value.text == "true";
}

bool one_of(const std::string &name, const node &value, const char *yes, const char *no, const char *allowed) {
  if (value.text != yes && value.text != no) refuse(name, value, allowed);
  return value.text == yes;
}

}  // namespace

emit_options read_options(const node &options) {
  emit_options read;
  for (const auto &[name, value] : options.members) {
    if (name == "fingerprint") {
      read.fingerprint = value.text;
    } else if (name == "brand") {
      read.brand = flag(name, value);
    } else if (name == "dates") {
      if (value.text != "date" && value.text != "string" && value.text != "infinity")
        refuse(name, value, "date, infinity and string");
      read.dates_as_text = value.text == "string";
      read.endless_dates = value.text == "infinity";
    } else if (name == "naming") {
      read.snake_names = one_of(name, value, "snake", "camel", "camel and snake");
    } else if (name == "unknown_keys") {
      read.reject_unknown = one_of(name, value, "reject", "strip", "strip and reject");
      read.strip_unknown = !read.reject_unknown;
    } else if (name == "int8") {
      if (value.text != "number" && value.text != "string" && value.text != "bigint")
        refuse(name, value, "number, string and bigint");
      read.int8 = value.text;
    } else if (name != "pii" && name != "role") {
      throw error(invalid_value, "there is no option \"" + name + "\"")
          .with_hint("Options are brand, dates, int8, naming, pii, role and unknown_keys.");
    }
  }
  return read;
}

}  // namespace primecloud::contract
