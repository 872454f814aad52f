#include "secret/root_check.hpp"

#include "secret/root_key_version.hpp"

#include <new>

#include "pg/guard.hpp"
#include "secret/encoding.hpp"
#include "secret/root_key_source.hpp"

extern "C" {
#include "access/xact.h"
}

namespace primecloud::secret {
namespace {

constexpr int wrong_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '2');
constexpr int retired_key = MAKE_SQLSTATE('P', 'C', '0', '0', '4');

[[noreturn, gnu::cold]] SERVER_CODE void refuse_root(int version, const char *why, const char *hint) {
  ereport(ERROR, errcode(wrong_root_key), errmsg("root key version %d is not this database's", version),
          errdetail("%s", why), errhint("%s", hint), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

// A new version is taken only from who has the newest one that is known.  `root` serves
// as the one place where keys lie, since its owner wipes it.
SERVER_CODE void check_new_root(std::int32_t version, root_key *root) {
  const std::int32_t known = newest_recorded_root();
  if (!read_root_key(known, root)) {
    refuse_root(version, psprintf("The root key lacks version %d, which this database uses.", known),
                "Keep every older version in the root key, and add new ones.");
  }
  const auto value = check_value(*root);
  if (check_root(known, value.data()) != root_check::right) {
    refuse_root(known, "Its check value differs from the one recorded.",
                "Give the server the root key that this database was sealed with.");
  }
  if (!read_root_key(version, root)) refuse_root(version, "It changed while it was read.", "Try again.");
}

}  // namespace

void checked_root(std::int32_t version, root_key *root) {
  if (!read_root_key(version, root)) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("the root key has no version %d", version),
            errhint("Put the line of that version back into the root key."), errhidestmt(true), errhidecontext(true));
  }
  const std::int32_t known = version == 0 ? newest_recorded_root() : 0;
  if (known > root->version) {  // what a command printed an hour ago, perhaps
    forget_roots();
    if (!read_root_key(0, root) || known > root->version) {
      refuse_root(known, psprintf("The root key lacks version %d, which this database uses.", known),
                  "Keep every version in the root key.");
    }
  }
  const auto value = check_value(*root);
  switch (check_root(root->version, value.data())) {
    case root_check::right: return;
    case root_check::wrong:
      refuse_root(root->version, "Its check value differs from the one recorded.",
                  "Give the server the root key that this database was sealed with.");
    case root_check::unknown: check_new_root(root->version, root); break;
    case root_check::first: break;
  }
  // Remembered, so that another key can never pass for it.
  if (!XactReadOnly) record_root(root->version, value.data());
}

void unwrap_with(const root_key &root, const key_row &row, std::uint8_t *out) {
  const std::string_view tenant = to_utf8(row.tenant);
  bool opened = false;
  try {
    opened = unwrap_key(row.wrapped, root, {row.id, tenant, purpose_name(row.purpose)}, out);
  } catch (const std::bad_alloc &) {}
  if (opened) return;
  ereport(ERROR, errcode(wrong_root_key), errmsg("data key %lld does not unwrap", static_cast<long long>(row.id)),
          errdetail("Its row in primecloud.data_key was altered."), errhint("Restore the row from a backup."),
          errhidestmt(true), errhidecontext(true));
}

// The root key is wiped on every way out, so no error may jump over it.
static void unwrap_under_root(const key_row &row, std::uint8_t *out) {
  root_key root;
  pg::guarded([&] {
    checked_root(row.root_version, &root);
    unwrap_with(root, row, out);
  });
}

void unwrap(const key_row &row, std::uint8_t *out) {
  const auto id = static_cast<long long>(row.id);
  if (row.state == 'x' || !row.has_key) {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is destroyed", id),
            errhint("What was sealed with it cannot be opened any more."), errhidestmt(true), errhidecontext(true));
  }
  if (row.state == 'r') {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is retired", id),
            errhint("A maintenance role can bring it back with primecloud.restore_key()."), errhidestmt(true),
            errhidecontext(true));
  }
  unwrap_under_root(row, out);
}

}  // namespace primecloud::secret
