#include "core/contract/emit.hpp"
namespace primecloud::contract {
std::string emit_drizzle(const node &, const node &, const emit_options &) { return {}; }
}
