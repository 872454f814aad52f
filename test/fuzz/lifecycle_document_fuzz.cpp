// Any text, as XML or JSON: refused, or read into a configuration that comes back
// the same from every form it is written in, but for what XML has no word for.
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/write.hpp"

using namespace primecloud;
using namespace primecloud::lifecycle;

namespace {

// What is left of a configuration in the XML for one of the two: no dialect, no minimum
// size, and for MinIO no ObjectSizeGreaterThan 0, nor And around what is single then.
std::vector<std::uint8_t> left_in_xml(configuration c, dialect whose) {
  c.minimum_size.reset();
  c.dialect.reset();
  for (auto &r : c.rules) {
    if (!r.filter || whose == dialect::aws) continue;
    auto &p = r.filter->both ? *r.filter->both : r.filter->own;
    if (!std::exchange(p.greater_than_zero, false) || !r.filter->both || predicate_count(p) > 1) continue;
    r.filter->own = p;
    r.filter->both.reset();
  }
  return encode(c);
}

void expect(const std::string &written, const std::vector<std::uint8_t> &record) {
  const auto again = parse(written);
  if (!again || *again != record) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto parsed = parse({reinterpret_cast<const char *>(data), size});
  if (!parsed) return 0;
  const auto c = decode(*parsed);
  expect(write_json(c), *parsed);
  for (const auto whose : {dialect::aws, dialect::minio}) expect(write_xml(c, whose), left_in_xml(c, whose));
  dialect_problems(c, dialect::minio, true);
  dialect_problems(c, dialect::aws, true);
  return 0;
}
