// In words: why a rule does not apply to an object, why an action says nothing about it.
#pragma once

#include <string>
#include <string_view>

#include "core/lifecycle/decide.hpp"

namespace primecloud::lifecycle {

std::string in_quotes(std::string_view text);
std::string why_not(const record_view &config, const rule_entry &r, const object &o, mismatch why);
std::string why_passed(const action_entry &a, passed why, std::int64_t spared);

}  // namespace primecloud::lifecycle
