// Values whose text depends on a session's settings are written with settings of ours.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::json {

// What the text of a type depends on.
enum setting : unsigned {
  no_setting = 0,
  interval_style = 1,
  date_style = 2,
  digits = 4,
  bytea_form = 8,
  visible_names = 16
};

SERVER_CODE unsigned settings_of(Oid base);

// Sets what is needed and is not so, until settled_no_more(); `nest` is 0 before the first.
SERVER_CODE void settle(unsigned needed, int &nest);
SERVER_CODE void settled_no_more(int nest);

}  // namespace primecloud::json
