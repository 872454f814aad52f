// Any bytes, as a record from a client: refused, or taken byte for byte and then
// safe to evaluate, explain and print.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/write.hpp"

using namespace primecloud;
using namespace primecloud::lifecycle;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto received = receive({data, size});
  if (!received) return 0;
  if (!std::equal((*received).begin(), (*received).end(), data, data + size)) std::abort();
  const auto text = parse(write_json(decode_trusted(*received)));
  if (!text || *text != *received) std::abort();

  const record_view config(*received);
  object o;
  o.key = "logs/2025/x";
  o.tags = "env=prod&k1=v1&k%202=";
  o.mod_time = timestamp{700'000'000'000'000'000};
  for (const bool latest : {true, false}) {
    for (const bool marker : {true, false}) {
      o.is_latest = latest;
      o.delete_marker = marker;
      o.num_versions = marker ? 1 : 2;
      o.successor_mod_time = o.mod_time;
      for (const auto whose : {dialect::minio, dialect::aws}) {
        const auto told = explain(config, o, timestamp::infinity(), 0, whose);
        const auto e = evaluate(config, o, timestamp::infinity(), 0, whose);
        const auto chosen = std::count_if(told.begin(), told.end(), [](const auto &t) { return t.chosen; });
        if (chosen != (e.action == action::none ? 0 : 1)) std::abort();
        expiration_header(config, o, whose);
        predict(config, o, 0, whose);
      }
    }
  }
  return 0;
}
