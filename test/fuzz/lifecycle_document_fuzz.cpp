// Any text, as XML or JSON: refused, or read into a configuration that comes back
// the same from every form it is written in.
#include <cstdlib>

#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/write.hpp"

using namespace primecloud;
using namespace primecloud::lifecycle;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto parsed = parse({reinterpret_cast<const char *>(data), size});
  if (!parsed) return 0;
  const auto c = decode(*parsed);
  for (const auto &written : {write_json(c), write_xml(c, dialect::aws), write_xml(c, dialect::minio)}) {
    const auto again = parse(written);
    if (!again || *again != *parsed) std::abort();
  }
  dialect_problems(c, dialect::minio, true);
  dialect_problems(c, dialect::aws, true);
  return 0;
}
