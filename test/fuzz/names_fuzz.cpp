// Any text as a bucket name, host name, access key id or colour: no crash, and a
// physical bucket name is a bucket name that the tenant's own name ends.
#include <cstdint>
#include <cstdlib>

#include "core/types/bucket_name.hpp"
#include "core/types/names.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  for (const auto rules : {bucket_rules::minio_strict, bucket_rules::minio_legacy, bucket_rules::aws,
                           bucket_rules::aws_legacy_us_east_1}) {
    (void)bucket_name_problem(text, rules);
  }
  (void)dns_hostname_problem(text);
  (void)access_key_id_problem(text);
  (void)hex_color_problem(text);
  const auto cut = text.find('\n');
  if (cut == text.npos) return 0;
  const auto tenant = text.substr(0, cut), name = text.substr(cut + 1);
  const auto physical = bucket_physical_name(tenant, name);
  if (!physical) return 0;
  if (bucket_name_problem(*physical) || !(*physical).ends_with(name) || (*physical).size() > 63) std::abort();
  return 0;
}
