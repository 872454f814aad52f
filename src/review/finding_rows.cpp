#include "review/finding_rows.hpp"

namespace primecloud::review {

finding_rows rows_of(const findings &found) {
  finding_rows rows;
  for (const finding &f : found) {
    std::string parts;
    for (const std::string &part : f.parts) parts += (&part == f.parts.data() ? "" : "\x1f") + part;
    rows.emplace_back(f.check, f.level, f.object, f.evidence, f.fix, parts);
  }
  return rows;
}

}  // namespace primecloud::review
