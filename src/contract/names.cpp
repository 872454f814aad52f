// contract_key, contract_name, contract_given_name: names that the contract gives.
#include "core/contract/names.hpp"

#include "pg/function.hpp"

namespace {
using namespace primecloud;

std::string contract_key(std::string_view name) { return contract::key_of(name); }
std::string contract_name(std::string_view name, bool holds_rows) {
  return holds_rows ? contract::row_name(name) : contract::type_name(name);
}
std::string contract_given_name(std::string_view asked) { return contract::given_name(asked); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_key, contract_key);
PRIMECLOUD_FUNCTION(primecloud_contract_name, contract_name);
PRIMECLOUD_FUNCTION(primecloud_contract_given_name, contract_given_name);
