// A document before it is understood: names, texts and what stands inside what.
// XML and JSON both become this, so the grammar of a configuration is read once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/lifecycle/problem.hpp"

namespace primecloud::lifecycle {

enum class syntax { xml, json };

struct element {
  enum class kind { text, number, boolean, null, object, array };

  std::string name;
  std::string text;      // of a scalar; in XML also what stands between children
  kind is = kind::text;  // XML knows text alone
  std::vector<element> children;

  // The last child of this name: of a repeated XML element the last one counts.
  const element *find(std::string_view wanted) const noexcept {
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      if (child->name == wanted) return &*child;
    }
    return nullptr;
  }
};

// No honest document comes near these; they bound what a hostile one costs.
inline constexpr std::size_t longest_document = 2 << 20;  // bytes
inline constexpr std::size_t longest_text = 4096;         // bytes of one scalar
inline constexpr std::size_t deepest_nesting = 16;
inline constexpr std::size_t most_elements = 200'000;

// Builds a tree from a reader's events.  Throws `refused` at a limit.
class tree_builder {
 public:
  element &open(std::string name, element::kind is) {
    if (open_.size() >= deepest_nesting) {
      throw refused{{refusals::limit, "the document nests more than " + std::to_string(deepest_nesting) + " levels",
                     "A lifecycle configuration needs far fewer."}};
    }
    element &made = add(std::move(name), is);
    open_.push_back(&made);
    return made;
  }
  void close() noexcept { open_.pop_back(); }
  element &add(std::string name, element::kind is) {
    if (++count_ > most_elements) {
      throw refused{{refusals::limit, "the document has more than " + std::to_string(most_elements) + " elements",
                     "Use fewer rules, or fewer tags."}};
    }
    auto &siblings = open_.empty() ? top_ : open_.back()->children;
    siblings.push_back({std::move(name), {}, is, {}});
    return siblings.back();
  }
  // The element being filled; a child added to it may move, the element itself does not.
  element &current() noexcept { return *open_.back(); }
  bool inside() const noexcept { return !open_.empty(); }
  std::vector<element> &top() noexcept { return top_; }

 private:
  std::vector<element> top_;
  std::vector<element *> open_;
  std::size_t count_ = 0;
};

// Both throw `refused`.
element read_xml(std::string_view document);
element read_json(std::string_view document);

}  // namespace primecloud::lifecycle
