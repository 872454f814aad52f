// What the C++ side of every SQL function expects, for the test that holds
// CREATE FUNCTION to it.  Not installed: the test declares it for itself.
#include "pg/function.hpp"

namespace {
using namespace primecloud;

using signature_row = std::tuple<std::string_view, std::string_view, std::string, bool>;

pg::rows<signature_row> signatures() {
  pg::rows<signature_row> all;
  for (auto *f = pg::function_note::first; f != nullptr; f = f->next) {
    std::string arguments;
    for (int i = 1; i <= f->arguments; i++) arguments.append(i > 1 ? ", " : "").append(f->types[i]);
    all.emplace_back(f->symbol, f->types[0], std::move(arguments), f->strict);
  }
  return all;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_signatures, signatures);
