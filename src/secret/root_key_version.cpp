#include "secret/root_key_version.hpp"

#include "pg/as_superuser.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/table.hpp"

namespace primecloud::secret {

root_check check_root(std::int32_t version, const std::uint8_t *value) {
  auto found = root_check::first;
  pg::for_each_row<2>(pg::internal_table("root_key_version"), [&](Datum *values, bool *) {
    if (DatumGetInt32(values[0]) != version) {
      if (found == root_check::first) found = root_check::unknown;
      return;
    }
    const std::string_view recorded = pg::text_in(values[1]);
    found = recorded.size() == 8 && memcmp(recorded.data(), value, 8) == 0 ? root_check::right : root_check::wrong;
  });
  return found;
}

std::int32_t newest_recorded_root() {
  std::int32_t newest = 0;
  pg::for_each_row<2>(pg::internal_table("root_key_version"), [&](Datum *values, bool *) {
    if (DatumGetInt32(values[0]) > newest) newest = DatumGetInt32(values[0]);
  });
  return newest;
}

void record_root(std::int32_t version, const std::uint8_t *value) {
  pg::as_superuser([&] {
    const Oid types[] = {INT4OID, BYTEAOID};
    Datum values[] = {Int32GetDatum(version), pg::datum<pg::bytes_view>::put({value, 8})};
    pg::run(
        "INSERT INTO primecloud_internal.root_key_version (version, check_value) VALUES ($1, $2) ON CONFLICT DO "
        "NOTHING",
        2, types, values);
  });
}

}  // namespace primecloud::secret
