// Twenty faults against the rules of server code, and beside each a line that only looks
// like one.  Read by test/static/server_code_cases, never compiled into anything.
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pg/datum.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/lsyscache.h"
}

namespace cases {
using namespace primecloud;

SERVER_CODE void refuse() { ereport(ERROR, errmsg("no")); }
SERVER_CODE void refuse_with(const std::string &why) { ereport(ERROR, errmsg("%s", why.c_str())); }
void throws() { throw error(invalid_value, "no"); }

struct names {
  std::vector<std::string> all;
};
struct listing {
  int number = 0;
  names of;
};
struct buffer : listing {
  char bytes[16];
};
struct plain {
  std::string_view name;
  std::optional<int> number;
};
struct hooks {
  void (*run)() = nullptr;
};
hooks installed;

// An error of the server's, raised outside server code.
void report() { ereport(ERROR, errmsg("no")); }                                  // fault: raises outside server code
SERVER_CODE void report_marked() { ereport(ERROR, errmsg("no")); }               // innocent
void report_simply() { elog(ERROR, "no"); }                                      // fault: raises outside server code
void report_guarded() { pg::guarded([] { elog(ERROR, "no"); }); }                // innocent
char *name_of(Oid table) { return get_rel_name(table); }                         // fault: raises outside server code
Oid who() { return GetUserId(); }                                                // innocent
void call_marked() { refuse(); }                                                 // fault: raises outside server code
void call_unmarked() { throws(); }                                               // innocent
void call_pointer() { installed.run(); }                                         // fault: raises outside server code
void read_pointer() { if (installed.run == nullptr) throws(); }                  // innocent
template <class F> void twice(F &&work) { work(); palloc(1); }                   // fault: raises outside server code
template <class F> void thrice(F &&work) { work(); }                             // innocent
void twice_here() { twice([] {}), thrice([] {}); }
void in_lambda() { const auto work = [] { refuse(); }; work(); }                 // fault: raises outside server code
SERVER_CODE void in_lambda_marked() { const auto work = [] { refuse(); }; work(); }  // innocent
struct resource {
  resource() noexcept = default;
  resource(const resource &) = delete;
  ~resource() { pfree(memory); SPI_finish(); }                                   // fault: raises outside server code
  void let_go() noexcept { pfree(memory); }                                      // innocent
  void *memory = nullptr;
};
void allocate_without_guard(names &to) { to.all.emplace_back(pstrdup("x")); }    // fault: raises outside server code
void allocate_guarded(names &to) { to.all.emplace_back(pg::guarded([] { return pstrdup("x"); })); }  // innocent
const int interrupts = [] { CHECK_FOR_INTERRUPTS(); return 1; }();               // fault: raises outside server code
const pg::startup watch{[] { RegisterXactCallback(nullptr, nullptr); }};         // innocent

// Or where an exception is being handled.
SERVER_CODE void report_caught() { try { throws(); } catch (...) { refuse(); } }  // fault: raises inside a handler
SERVER_CODE void report_after() { try { throws(); } catch (...) {} refuse(); }   // innocent
SERVER_CODE void in_c() { sigjmp_buf here; if (sigsetjmp(here, 0) == 0) PG_exception_stack = &here; }  // fault: PG_TRY
SERVER_CODE void again() { PG_RE_THROW(); }                                      // innocent

// An owner in server code.
SERVER_CODE void text() { const std::string name = "x"; refuse(); }              // fault: owner in server code
SERVER_CODE void text_view() { const std::string_view name = "x"; refuse(); }    // innocent
SERVER_CODE void nested() { buffer b; refuse(); }                                // fault: owner in server code
SERVER_CODE void flat() { plain p; std::tuple<int, plain> t; refuse(); }         // innocent
SERVER_CODE void several() { std::array<std::optional<listing>, 2> both; refuse(); }  // fault: owner in server code
SERVER_CODE void kept() { static std::map<int, names> by_id; refuse(); }         // innocent
SERVER_CODE void given(std::unique_ptr<int> number) { refuse(); }                // fault: owner in server code
SERVER_CODE void lent(const std::unique_ptr<int> &number) { refuse(); }          // innocent
SERVER_CODE void for_a_moment() { refuse_with(std::string("x")); }               // fault: temporary owner in server code
void for_longer() { const std::string why("x"); pg::guarded([&] { refuse_with(why); }); }  // innocent
SERVER_CODE std::string answer();                                                // fault: server code returns an owner
SERVER_CODE const std::string &known_answer();                                   // innocent
SERVER_CODE void refuse_in_two_ways(bool how) { if (how) throw 1; refuse(); }    // fault: throw in server code
SERVER_CODE void refuse_by_callee(bool how) { if (how) throws(); refuse(); }     // innocent
}  // namespace cases

// An owned result on its way to the server.
template <> struct primecloud::pg::returned<cases::names> {
  static Datum store(FunctionCallInfo, const cases::names &v) {
    return datum<std::string_view>::put(v.all[0]);                               // fault: raises while an owned result is stored
  }
};
template <> struct primecloud::pg::returned<cases::plain> {
  static Datum store(FunctionCallInfo, const cases::plain &v) {
    return datum<std::string_view>::put(v.name);                                 // innocent
  }
};
