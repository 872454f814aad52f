// Each numbered case is refused by the compiler, with the words beside it; without one
// all compiles.  Read by test/static/does_not_compile.
#include <string>

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "pg/startup.hpp"

namespace {
using namespace primecloud;

int number = 1;
struct with_destructor {
  ~with_destructor() { number = 0; }
};
std::string words(std::string_view given) { return std::string(given); }
std::tuple<int32, bool> row(int32 given) { return {given, true}; }
Datum nothing(FunctionCallInfo) noexcept { return 0; }

#if CASE == 1  // a noexcept function returns nothing that needs destroying
std::string quiet_text(std::string_view given) noexcept { return std::string(given); }
PRIMECLOUD_FUNCTION(primecloud_case, quiet_text);
#elif CASE == 2  // a noexcept function returns no row
std::tuple<int32, bool> quiet_row(int32 given) noexcept { return {given, true}; }
PRIMECLOUD_FUNCTION(primecloud_case, quiet_row);
#elif CASE == 3  // a noexcept function returns no row
std::tuple<int32, bool> quiet_site(pg::call_site, int32 given) noexcept { return {given, true}; }
PRIMECLOUD_FUNCTION(primecloud_case, quiet_site);
#elif CASE == 4  // a noexcept function returns nothing that needs destroying
result<int32> quiet_result(int32 given) noexcept { return given; }
PRIMECLOUD_FUNCTION(primecloud_case, quiet_result);
#elif CASE == 5  // a noexcept function returns nothing that needs destroying
pg::rows<std::tuple<int32>> quiet_set() noexcept { return {}; }
PRIMECLOUD_FUNCTION(primecloud_case, quiet_set);
#elif CASE == 6  // arguments must be views or plain values
int32 owns_argument(std::string given) { return static_cast<int32>(given.size()); }
PRIMECLOUD_FUNCTION(primecloud_case, owns_argument);
#elif CASE == 7  // a function that asks for its call site throws its failures
result<int32> site_result(pg::call_site) { return 1; }
PRIMECLOUD_FUNCTION(primecloud_case, site_result);
#elif CASE == 8  // what is called under guarded() returns nothing that needs destroying
std::string from_guard() { return pg::guarded([] { return std::string("x"); }); }
#elif CASE == 9  // static assertion failed
Datum throws(FunctionCallInfo) { throw 1; }
PRIMECLOUD_SERVER_FUNCTION(primecloud_case, throws);
#elif CASE == 10  // static assertion failed
template struct pg::datum_by_reference<with_destructor>;
#elif CASE == 11  // no matching function
const pg::startup captures{[copy = number] { number = copy + 1; }};
#endif
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_words, words);
PRIMECLOUD_FUNCTION(primecloud_row, row);
PRIMECLOUD_SERVER_FUNCTION(primecloud_nothing, nothing);
