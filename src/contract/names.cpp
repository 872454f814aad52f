// contract_key, contract_name, contract_given_name: names that the contract gives; contract_lines, contract_class,
// contract_comment_faults: tags; contract_expression.
#include "core/contract/names.hpp"
#include "core/contract/comment.hpp"
#include "core/contract/expression_text.hpp"
#include "core/contract/tag_faults.hpp"

#include "pg/function.hpp"

namespace {
using namespace primecloud;

std::string contract_key(std::string_view name) { return contract::key_of(name); }
std::string contract_name(std::string_view name, bool holds_rows) {
  return holds_rows ? contract::row_name(name) : contract::type_name(name);
}
std::string contract_given_name(std::string_view asked) { return contract::given_name(asked); }
std::string contract_lines(std::string_view comment, std::string_view tag) {
  return contract::lines_behind(comment, tag);
}
std::optional<std::string> contract_class(std::string_view comment) { return contract::class_of(comment); }
std::string contract_comment_faults(std::string_view comment, std::string_view kind, std::string_view sent,
                                    std::string_view given) {
  return contract::tag_faults(comment, {kind, sent, given});
}
std::string contract_expression(std::string_view shown) { return contract::as_restored(shown); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_key, contract_key);
PRIMECLOUD_FUNCTION(primecloud_contract_name, contract_name);
PRIMECLOUD_FUNCTION(primecloud_contract_given_name, contract_given_name);
PRIMECLOUD_FUNCTION(primecloud_contract_lines, contract_lines);
PRIMECLOUD_FUNCTION(primecloud_contract_class, contract_class);
PRIMECLOUD_FUNCTION(primecloud_contract_comment_faults, contract_comment_faults);
PRIMECLOUD_FUNCTION(primecloud_contract_expression, contract_expression);
