#include "secret/presign_arguments.hpp"

#include "pg/c_string.hpp"
#include "secret/encoding.hpp"
#include "secret/s3_secret.hpp"

extern "C" {
#include "utils/datetime.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {
constexpr int64 longest_life_seconds = 7 * int64{86400};  // S3 API Reference: a presigned URL lives a week at most
}

endpoint parse_endpoint(std::string_view text) {
  endpoint out{};
  if (const char *problem = read_endpoint(text, out))
    refuse_s3(psprintf("the endpoint \"%s\" cannot be signed for: %s", pg::c_string(text), problem),
              "It reads https://host or https://host:port, without a path.");
  return out;
}

void check_path(std::string_view path) {
  if (const char *problem = path_problem(path))
    refuse_s3(psprintf("the path \"%s\" %s", pg::c_string(path), problem),
              "It reads /bucket/key, or /key where the host names the bucket.");
}

int read_parameters(pg::owned_jsonb object, parameter *&out) {
  constexpr const char *hint = "It is an object of strings: {\"versionId\": \"...\"}.";
  Jsonb *json = DatumGetJsonbP(object.value);
  if (!JB_ROOT_IS_OBJECT(json)) refuse_s3("the parameters are not an object", hint);
  out = static_cast<parameter *>(palloc(sizeof(parameter) * (JB_ROOT_COUNT(json) + 1)));
  int count = 0;
  JsonbIterator *iterator = JsonbIteratorInit(&json->root);
  JsonbValue item;
  for (auto token = JsonbIteratorNext(&iterator, &item, true); token != WJB_DONE;
       token = JsonbIteratorNext(&iterator, &item, true)) {
    if (token != WJB_KEY && token != WJB_VALUE) continue;
    std::string_view text;
    if (item.type == jbvString)
      text = {item.val.string.val, static_cast<size_t>(item.val.string.len)};
    else if (item.type == jbvNumeric)
      text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(item.val.numeric)));
    else
      refuse_s3("a parameter is neither a string nor a number", hint);
    text = to_utf8(text);
    if (token == WJB_VALUE) {
      out[count++].value = text;
      continue;
    }
    const bool ours =
        text.size() >= 6 && pg_strncasecmp(text.data(), "x-amz-", 6) == 0 && text != "X-Amz-Security-Token";
    if (ours)
      refuse_s3(psprintf("the parameter \"%s\" is made by the signature itself", pg::c_string(text)),
                "Of X-Amz- parameters, pass X-Amz-Security-Token alone.");
    out[count].name = text;
  }
  return count;
}

std::string_view checked_method(text_argument name) {
  const auto verb = checked_part(name, "method", longest_s3_name);
  if (verb != "GET" && verb != "HEAD" && verb != "PUT" && verb != "POST" && verb != "DELETE")
    refuse_s3(psprintf("the method \"%s\" is not S3's", pg::c_string(verb)), "GET, HEAD, PUT, POST or DELETE.");
  return verb;
}

int seconds_of(const Interval &span) {
  const int64 seconds = span.time / USECS_PER_SEC + int64{span.day} * 86400;
  if (span.month != 0 || seconds < 1 || seconds > longest_life_seconds)
    refuse_s3("a presigned URL lives from one second to seven days", "Name an expiry in between.");
  return static_cast<int>(seconds);
}

const char *stamp_of(timestamp at) {
  pg_tm when;
  fsec_t fraction;
  if (TIMESTAMP_NOT_FINITE(at.microseconds) ||
      timestamp2tm(at.microseconds, nullptr, &when, &fraction, nullptr, nullptr) != 0 || when.tm_year < 1 ||
      when.tm_year > 9999)
    refuse_s3("the time of signing is infinite, or has no year of four digits", "Leave it out to sign for now.");
  return psprintf("%04d%02d%02dT%02d%02d%02dZ", when.tm_year, when.tm_mon, when.tm_mday, when.tm_hour, when.tm_min,
                  when.tm_sec);
}

}  // namespace primecloud::secret
