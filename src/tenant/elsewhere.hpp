// Members, accounts and grants where Citus has spread their table.
#pragma once

#include "tenant/keyed_rows.hpp"

namespace primecloud::tenant {

// As find_rows(), by a query of the table's owner on the node that has the account's rows; its first key is the
// account.
SERVER_CODE texts find_rows_elsewhere(const keyed_question &asked, Relation table);

// Whether that is under way: its own statements ask nothing.
bool is_asking_elsewhere() noexcept;

}  // namespace primecloud::tenant
