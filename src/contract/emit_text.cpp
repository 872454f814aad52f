// The emitters: a contract as JSON in UTF-8, whatever the database's encoding is, and a file likewise.
#include "core/contract/contract.hpp"
#include "core/contract/emit.hpp"
#include "core/contract/pause.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/interrupts.hpp"

namespace {
using namespace primecloud;
using octets = std::vector<std::uint8_t>;

std::string_view text_of(pg::bytes_view bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

std::string emitted(std::string_view what, const contract::node &told, const contract::node &facts,
                    const contract::emit_options &options) {
  if (what == "typescript") return emit_typescript(told, options);
  if (what == "zod") return emit_zod(told, options);
  if (what == "json_schema") return emit_json_schema(told, options);
  return emit_drizzle(told, facts, options);
}

octets contract_emit(std::string_view what, pg::bytes_view told, pg::bytes_view options, pg::bytes_view facts) {
  const contract::pausing patient(pg::heed_interrupts);
  const auto asked = contract::read_options(contract::read_document(text_of(options)));
  const std::string file =
      emitted(what, contract::read_for_emitting(text_of(told)), contract::read_document(text_of(facts)), asked);
  return octets(file.begin(), file.end());
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_emit, contract_emit);
