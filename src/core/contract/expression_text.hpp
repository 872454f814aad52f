// SQL as the server shows it, in the spelling that it has after a dump and a restore.
#pragma once

#include <string>
#include <string_view>

namespace primecloud::contract {

// Of `v IN ('a', 'b')`, of a varchar, the server shows ARRAY['a'::character varying, ...]::text[]; reads that, and
// shows ARRAY['a'::character varying::text, ...] from then on.
std::string as_restored(std::string_view sql);

}  // namespace primecloud::contract
