// Rows counted by tenant, in a memory context.
#pragma once

#include <string_view>

#include "pg/postgres.hpp"

extern "C" {
#include "utils/hsearch.h"
}

namespace primecloud::retention {

class tenant_counts {
 public:
  explicit tenant_counts(MemoryContext context) : context_(context) {}
  bool any() const { return tenants_ != nullptr; }
  SERVER_CODE void count(std::string_view tenant);
  // {"tenant": rows, ...}, once there are any.
  SERVER_CODE Datum json() const;

 private:
  MemoryContext context_;
  HTAB *tenants_ = nullptr;
};

}  // namespace primecloud::retention
