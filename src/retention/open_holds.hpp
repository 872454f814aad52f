// Holds that are open now, and what of them a snapshot does not see.  Server code.
#pragma once

#include "pg/table.hpp"
#include "retention/asked.hpp"

namespace primecloud::retention {

[[noreturn]] SERVER_CODE void refuse_being_held(Oid table);

}  // namespace primecloud::retention
