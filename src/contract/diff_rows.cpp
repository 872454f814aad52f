// contract_diff: two contracts as JSON in UTF-8, whatever the database's encoding is, and the
// changes between them likewise.
#include "core/contract/diff.hpp"
#include "core/contract/pause.hpp"
#include "core/contract/value_words.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/interrupts.hpp"

namespace {
using namespace primecloud;
using octets = std::vector<std::uint8_t>;

std::string_view text_of(pg::bytes_view bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

octets contract_changes(pg::bytes_view before, pg::bytes_view after) {
  using contract::json_text;
  const contract::pausing patient(pg::heed_interrupts);
  const auto verdict = [](bool breaks) { return breaks ? "\"breaking\"" : "\"safe\""; };
  std::string rows = "[";
  for (const auto &row : contract::diff(text_of(before), text_of(after))) {
    rows += std::string(rows.size() > 1 ? ",{" : "{") + "\"object\":" + json_text(row.object) +
            ",\"change\":" + json_text(row.name) + ",\"readers\":" + verdict(row.breaks_readers) +
            ",\"writers\":" + verdict(row.breaks_writers) + ",\"reason\":" + json_text(row.reason) +
            ",\"review\":" + (row.review ? "true" : "false") + "}";
  }
  rows += "]";
  return octets(rows.begin(), rows.end());
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_changes, contract_changes);
