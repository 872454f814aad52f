// The one door to the server's headers.
//
// Every file that needs PostgreSQL includes this one and no server header of
// its own.  C++ library headers must come first: postgres.h renames printf and
// friends, and <cstdio> must have seen the originals.
#pragma once

#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#ifndef PGDLLEXPORT  // before 16 the server leaves it empty outside Windows
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

extern "C" {
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
}

// Names too short to leave lying about in a C++ program.
#undef Abs
#undef Max
#undef Min
#undef _

#include "pg/server_code.hpp"
#include "pg/server_version.hpp"
#include "pg/tree_walk.hpp"
