// One change between two contracts, with its verdict for those who read and those who write.
#pragma once

#include <string>
#include <vector>

namespace primecloud::contract {

struct change {
  std::string object, name;
  bool breaks_readers = false, breaks_writers = false;
  std::string reason;
  bool review = false;
  // Objects that are told the same change where it comes from: a domain, an enum, the column a view copies.
  std::vector<std::string> causes;
};
using changes = std::vector<change>;

// What is received, and what is sent, of the place that changed: where nobody does, nobody breaks.
struct use {
  bool read = false, sent = false;
};

}  // namespace primecloud::contract
