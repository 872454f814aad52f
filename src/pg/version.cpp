// The version that the library was built as, for check_installation(): after an upgrade of the
// files a session may have the old library, or the database the old script.
#include "pg/function.hpp"

namespace {
// The same as default_version in control/primecloud.control; test/pgtap/installation holds it to that.
constexpr std::string_view version = "0.1.0";

std::string_view library_version() noexcept { return version; }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_library_version, library_version);
