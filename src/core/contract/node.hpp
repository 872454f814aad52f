// A JSON document as a tree of plain values: what jsonb prints, numbers kept as they are
// written.  The contract's readers walk it; nothing here knows what a contract is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace primecloud::contract {

struct node {
  enum class kind { null, boolean, number, text, array, object };

  kind is = kind::null;
  std::string text;                                  // of a text, a number, a boolean
  std::vector<node> items;                           // of an array
  std::map<std::string, node, std::less<>> members;  // of an object, in the order of their bytes

  // The member of that name; a null where there is none.
  const node &operator[](std::string_view name) const;
  bool has(std::string_view name) const { return (*this)[name].is != kind::null; }
  bool is_object() const { return is == kind::object; }

  // What it says, or what stands for it where it is null.
  std::string text_or(std::string_view other) const;
  bool flag_or(bool other) const;
  int count_or(int other) const;
  std::vector<std::string> texts() const;

  friend bool operator==(const node &, const node &) = default;
};

// Throws invalid_value where the text is no JSON object, or nests deeper than a contract does.
node read_document(std::string_view text);

}  // namespace primecloud::contract
