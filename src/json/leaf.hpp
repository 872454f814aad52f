// Values that hold no others, as JSON.
#pragma once

#include <string_view>

#include "json/shape.hpp"

extern "C" {
#include "lib/stringinfo.h"
}

namespace primecloud::json {

// Every buffer is the server's: an error on the way skips nothing that needs care.
SERVER_CODE void append(StringInfo out, std::string_view text);
SERVER_CODE void append_string(StringInfo out, std::string_view text);

SERVER_CODE void write_time(Oid type, Datum value, StringInfo out);
SERVER_CODE void write_money(Datum value, StringInfo out);
SERVER_CODE void write_cast(FmgrInfo *cast, Datum value, StringInfo out);

// What the type's output function writes, whatever the session is set to.
SERVER_CODE const char *output(memory &site, const shape &as, Datum value);

}  // namespace primecloud::json
