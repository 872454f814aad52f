// In words: why a rule does not apply to an object, why an action says nothing about it.
#pragma once

#include <string>
#include <string_view>

#include "core/lifecycle/decide.hpp"

namespace primecloud::lifecycle {

std::string in_quotes(std::string_view text);
std::string why_not(const record_view &config, const rule_entry &r, const object &o, mismatch why, dialect whose);
std::string why_passed(const record_view &config, const action_entry &a, const object &o, passed why,
                       std::int64_t spared);
// Why what is due is not chosen, and `won` is.  `for_good`: an expiration leaves nothing.
struct weighed {
  lifecycle::action action;
  timestamp due;
  std::string_view storage_class;
};
std::string why_lost(const weighed &lost, const event &won);
std::string why_lost_at_aws(const weighed &lost, const event &won, bool for_good);

}  // namespace primecloud::lifecycle
