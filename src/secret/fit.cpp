#include "secret/fit.hpp"

#include "secret/encoding.hpp"
#include "secret/key_table.hpp"
#include "secret/keyring.hpp"

extern "C" {
#include "utils/inval.h"
}

namespace primecloud::secret {
namespace {

SERVER_CODE bool is_part(std::string_view part, std::size_t longest) {
  const std::size_t size = to_utf8(part).size();
  return size > 0 && size <= longest;
}

}  // namespace

fit fit_of(bytes_span envelope, const place &where) {
  if (envelope_problem(envelope) != nullptr) return fit::damaged;
  if (!is_part(where.tenant, longest_tenant) || !is_part(where.row_id, longest_row_id)) return fit::elsewhere;
  const std::int64_t id = envelope_key_id(envelope);
  const binding bound_to = binding_of(where);  // asks the server, which may take the key away
  AcceptInvalidationMessages();
  if (cached_by_id(id) == nullptr) {
    key_row row;
    if (!find_key(id, row) || row.purpose != key_purpose::seal || row.tenant != where.tenant) return fit::elsewhere;
    if (row.state == 'x') return fit::lost;
    if (row.state == 'r') return fit::retired;
  }
  const auto key = key_by_id(id);
  if (key.purpose != key_purpose::seal || key.tenant != where.tenant) return fit::elsewhere;
  return envelope_fits(envelope, data_key(key.bytes, 32), bound_to.view()) ? fit::opens : fit::elsewhere;
}

}  // namespace primecloud::secret
