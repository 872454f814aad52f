#include "core/types/bucket_name.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/types/name_character.hpp"

namespace primecloud {
namespace {
constexpr std::size_t shortest = 3, longest = 63;

constexpr bool is_edge(char c) noexcept { return is_lower(c) || is_digit(c); }
constexpr bool is_legacy_edge(char c) noexcept { return is_edge(c) || is_upper(c); }

// Four runs of digits between dots.  The numbers may be too great for an address:
// what looks like one is refused.
bool looks_like_address(std::string_view name) noexcept {
  int runs = 1;
  bool empty = true;
  for (const char c : name) {
    if (c == '.') {
      if (empty) return false;
      runs++;
      empty = true;
    } else if (is_digit(c)) {
      empty = false;
    } else {
      return false;
    }
  }
  return runs == 4 && !empty;
}

// One pass, since this check runs for every row that is loaded.
std::optional<std::string_view> strict_problem(std::string_view name) noexcept {
  if (name.size() < shortest || name.size() > longest) return "must be 3 to 63 characters long";
  using enum name_character;
  name_character before = letter;
  bool may_be_address = true;
  std::optional<std::string_view> at_dots;
  for (const char c : name) {
    const auto is = name_character_of(c);
    if (is == foreign) return "may contain only lower-case letters, digits, \"-\" and \".\"";
    if (is >= hyphen && before >= hyphen && (is == dot || before == dot)) {
      at_dots = is == before ? "must not contain \"..\"" : "must not contain \".-\" or \"-.\"";
    }
    may_be_address &= is == digit || is == dot;
    before = is;
  }
  if (!is_edge(name.front())) return "must begin with a letter or digit";
  if (!is_edge(name.back())) return "must end with a letter or digit";
  if (at_dots) return at_dots;
  if (may_be_address && looks_like_address(name)) return "must not look like an IP address";
  return std::nullopt;
}

std::optional<std::string_view> legacy_problem(std::string_view name) noexcept {
  if (name.size() < shortest || name.size() > longest) return "must be 3 to 63 characters long";
  for (const char c : name) {
    if (!is_legacy_edge(c) && c != '-' && c != '.' && c != '_' && c != ':') {
      return "may contain only letters, digits, \"-\", \".\", \"_\" and \":\"";
    }
  }
  if (!is_legacy_edge(name.front())) return "must begin with a letter or digit";
  if (!is_legacy_edge(name.back())) return "must end with a letter or digit";
  if (name.find("..") != name.npos) return "must not contain \"..\"";
  if (name.find(".-") != name.npos || name.find("-.") != name.npos) return "must not contain \".-\" or \"-.\"";
  if (looks_like_address(name)) return "must not look like an IP address";
  return std::nullopt;
}

std::optional<std::string_view> old_us_east_1_problem(std::string_view name) noexcept {
  if (name.size() < shortest || name.size() > 255) return "must be 3 to 255 characters long";
  for (const char c : name) {
    if (!is_legacy_edge(c) && c != '-' && c != '.' && c != '_') {
      return "may contain only letters, digits, \"-\", \".\" and \"_\"";
    }
  }
  return std::nullopt;
}

template <std::size_t n>
bool any(const std::string_view (&texts)[n], bool (*holds)(std::string_view, std::string_view), std::string_view name) {
  return std::any_of(std::begin(texts), std::end(texts), [&](std::string_view text) { return holds(name, text); });
}
bool begins(std::string_view name, std::string_view text) noexcept { return name.starts_with(text); }
bool ends(std::string_view name, std::string_view text) noexcept { return name.ends_with(text); }
}  // namespace

std::optional<bucket_rules> parse_bucket_rules(std::string_view name) noexcept {
  if (name == "minio_strict") return bucket_rules::minio_strict;
  if (name == "minio_legacy") return bucket_rules::minio_legacy;
  if (name == "aws") return bucket_rules::aws;
  if (name == "aws_legacy_us_east_1") return bucket_rules::aws_legacy_us_east_1;
  return std::nullopt;
}

std::optional<std::string_view> bucket_name_problem(std::string_view name, bucket_rules rules) noexcept {
  switch (rules) {
    case bucket_rules::minio_strict: return strict_problem(name);
    case bucket_rules::minio_legacy: return legacy_problem(name);
    case bucket_rules::aws_legacy_us_east_1: return old_us_east_1_problem(name);
    case bucket_rules::aws: break;
  }
  if (const auto problem = strict_problem(name)) return problem;
  if (bucket_name_is_reserved(name, bucket_provider::aws)) return "is reserved by AWS";
  return std::nullopt;
}

std::optional<bucket_provider> parse_bucket_provider(std::string_view name) noexcept {
  if (name == "aws") return bucket_provider::aws;
  if (name == "minio") return bucket_provider::minio;
  return std::nullopt;
}

bool bucket_name_is_reserved(std::string_view name, bucket_provider provider) noexcept {
  static constexpr std::string_view aws_prefixes[] = {"xn--", "sthree-", "amzn-s3-demo-"};
  static constexpr std::string_view aws_suffixes[] = {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"};
  if (provider == bucket_provider::aws) return any(aws_prefixes, begins, name) || any(aws_suffixes, ends, name);
  return name == "minio" || name.starts_with(".minio.sys");
}

}  // namespace primecloud
