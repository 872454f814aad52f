// What is wrong with a configuration for one of the services, rule by rule.
#pragma once

#include <string>
#include <vector>

#include "core/lifecycle/configuration.hpp"
#include "core/lifecycle/problem.hpp"

namespace primecloud::lifecycle {

// Collects what is wrong with one rule after another.
class findings {
 public:
  void at(std::size_t position, const rule &r) { position_ = position, id_ = r.id; }
  void add(refusal as, std::string what) { all_.push_back({as, std::move(what), {}, position_, id_}); }
  std::vector<problem> take() && { return std::move(all_); }

 private:
  std::vector<problem> all_;
  std::size_t position_ = 0;
  std::string id_;
};

void check_minio(const rule &r, bool object_lock, findings &found);
void check_aws(const rule &r, findings &found);

// The most that an action of the rule counts.
std::int64_t longest_days(const rule &r);

}  // namespace primecloud::lifecycle
