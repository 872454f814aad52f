// Any JSON as a contract: refused, or read into files that are the same each time, and into no
// difference from itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/contract/contract.hpp"
#include "core/contract/diff.hpp"
#include "core/contract/emit.hpp"
#include "core/error.hpp"

using namespace primecloud;
using namespace primecloud::contract;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  try {
    if (!diff(text, text).empty()) std::abort();
    const node told = read_for_emitting(text);
    emit_options options;
    options.brand = size % 2 == 1;
    if (emit_typescript(told, options) != emit_typescript(told, options)) std::abort();
    emit_zod(told, options);
    emit_drizzle(told, told["facts"], options);
    read_document(emit_json_schema(told, options));
  } catch (const error &) {}
  return 0;
}
