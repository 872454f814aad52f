#include "core/contract/pause.hpp"

namespace primecloud::contract {

void pausing::now_and_then() {
  if (current_ != nullptr && ++looked_ % 4096 == 0) current_->pause_();
}

}  // namespace primecloud::contract
