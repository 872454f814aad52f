#include "core/review/encoded.hpp"

#include <charconv>

namespace primecloud::review {
namespace {

constexpr int deepest = 200;
constexpr std::size_t most = 50000;
constexpr unsigned with_more = 2;  // beside `negated`: a second text follows the first

struct reader {
  nursery &made;
  std::string_view rest;
  std::size_t nodes = 0;

  template <class T>
  bool number(T &value) {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc() || end == rest.data() + rest.size() || *end != '.') return false;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    return true;
  }

  const node *tree(int depth) {
    unsigned is = 0, op = 0, negated = 0;
    bits flags = 0;
    std::uint32_t count = 0;
    std::int64_t value = 0;
    std::size_t length = 0;
    if (depth > deepest || ++nodes > most) return nullptr;
    if (!number(is) || !number(op) || !number(negated) || !number(flags) || !number(value) || !number(count) ||
        !number(length))
      return nullptr;
    if (is > static_cast<unsigned>(kind::scalar) || op > static_cast<unsigned>(relation::greater_equal) ||
        negated > 3 || length > rest.size() || count > rest.size())
      return nullptr;
    node read{.is = static_cast<kind>(is),
              .op = static_cast<relation>(op),
              .negated = (negated & 1) != 0,
              .flags = flags,
              .number = value,
              .text = rest.substr(0, length)};
    rest.remove_prefix(length);
    if ((negated & with_more) != 0) {
      if (!number(length) || length > rest.size()) return nullptr;
      read.more = rest.substr(0, length);
      rest.remove_prefix(length);
    }
    std::vector<const node *> below;
    for (std::uint32_t i = 0; i < count; i++) {
      below.push_back(tree(depth + 1));
      if (below.back() == nullptr) return nullptr;
    }
    return has_its_parts(read.is, count) ? made.make(read, below) : nullptr;
  }

  static bool has_its_parts(kind is, std::uint32_t count) {
    switch (is) {
      case kind::compare:
      case kind::distinct:
      case kind::null_if:
      case kind::any:
      case kind::all: return count == 2;
      case kind::negation:
      case kind::is_null:
      case kind::is_true: return count == 1;
      case kind::choice: return count % 2 == 1;
      case kind::first:
      case kind::both:
      case kind::either:
      case kind::exists: return count >= 1;
      case kind::scalar:
      case kind::array_of: return count >= 2;
      case kind::any_row:
      case kind::all_row: return count >= 3;
      case kind::call:
      case kind::context:
      case kind::list: return true;
      default: return count == 0;
    }
  }
};

void write(const node *n, std::string &out) {
  for (const std::int64_t part :
       {static_cast<std::int64_t>(n->is), static_cast<std::int64_t>(n->op),
        (n->negated ? 1 : 0) | (n->more.empty() ? 0 : std::int64_t{with_more}), static_cast<std::int64_t>(n->flags),
        n->number, static_cast<std::int64_t>(n->count), static_cast<std::int64_t>(n->text.size())})
    out += std::to_string(part) + '.';
  out += n->text;
  if (!n->more.empty()) out += std::to_string(n->more.size()) + '.', out += n->more;
  for (const node *below : *n) write(below, out);
}

}  // namespace

std::string encoded(const node *n) {
  std::string out;
  write(n, out);
  return out;
}

std::optional<std::vector<const node *>> decoded(nursery &made, std::string_view text) {
  reader from{made, text};
  std::vector<const node *> trees;
  while (!from.rest.empty()) {
    trees.push_back(from.tree(0));
    if (trees.back() == nullptr) return std::nullopt;
  }
  return trees;
}

}  // namespace primecloud::review
