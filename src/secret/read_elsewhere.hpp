// Rows of a distributed table, read where its shards lie.
#pragma once

#include "secret/reading.hpp"

namespace primecloud::secret {

// As find_rows(), when what the table here says has been asked: each server reads without SQL too, as the caller and in
// his context.  Server code.
SERVER_CODE void read_elsewhere(reading &r, std::string_view row_id);

}  // namespace primecloud::secret
