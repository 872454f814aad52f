#include "core/review/nursery.hpp"

#include <algorithm>

namespace primecloud::review {

const node *nursery::make(node made, const std::vector<const node *> &below) {
  if (pause_ != nullptr && nodes_.size() % 1024 == 0) pause_();
  below_.push_back(below);
  made.count = static_cast<std::uint32_t>(below.size());
  made.args = below_.back().data();
  nodes_.push_back(made);
  return &nodes_.back();
}

const node *nursery::with(const node *like, const std::vector<const node *> &below) {
  if (std::equal(below.begin(), below.end(), like->begin(), like->end())) return like;
  return make(*like, below);
}

const node *nursery::literal(std::int64_t type, std::string_view text) {
  return make({.is = kind::literal, .number = type, .text = text}, {});
}
const node *nursery::is_null(const node *n, bool negated) {
  return make({.is = kind::is_null, .negated = negated}, {n});
}
const node *nursery::negation(const node *n) { return make({.is = kind::negation}, {n}); }
const node *nursery::compare(relation op, const node *left, const node *right, bits flags, std::string_view more) {
  return make({.is = kind::compare, .op = op, .flags = flags, .more = more}, {left, right});
}

const node *nursery::joined(kind how, const std::vector<const node *> &parts) {
  const bool ends = how == kind::either;  // the constant that decides the whole
  std::vector<const node *> kept;
  bool unknown_part = false;
  const auto add = [&](const node *part) {
    if (std::none_of(kept.begin(), kept.end(), [&](const node *other) { return same(part, other); }))
      kept.push_back(part);
  };
  for (const node *part : parts) {
    if (is_truth(part, ends)) return truth(ends);
    if (is_truth(part, !ends)) continue;
    if (part->is == kind::nothing) {
      unknown_part = true;
    } else if (part->is == how) {
      for (const node *below : *part) add(below);
    } else if (kept.size() < 64) {
      add(part);
    } else {
      kept.push_back(part);  // a long list is not looked through for each of its parts
    }
  }
  if (unknown_part) add(nothing());
  if (kept.empty()) return truth(!ends);
  if (kept.size() == 1) return kept[0];
  return make({.is = how, .flags = boolean}, kept);
}

}  // namespace primecloud::review
