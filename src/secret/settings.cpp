// Where the root key comes from.  The settings hold a place, never a key.
#include "secret/settings.hpp"

#include "pg/postgres.hpp"
#include "pg/startup.hpp"

namespace primecloud::secret {
char *root_key_file = nullptr;

namespace {
const pg::startup define{[] {
  DefineCustomStringVariable("primecloud.root_key_file", "File that holds the root keys, one version a line.",
                             "Lines read N:KEY, where N is the version and KEY is 64 hexadecimal digits.",
                             &root_key_file, "", PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
}};
}  // namespace
}  // namespace primecloud::secret
