// Who waits for what is made of a contract may give up: that is asked now and then while its tree is walked.
#pragma once

namespace primecloud::contract {

class pausing {
 public:
  // `pause` may throw.
  explicit pausing(void (*pause)()) : before_(pause_) { pause_ = pause; }
  pausing(const pausing &) = delete;
  pausing &operator=(const pausing &) = delete;
  ~pausing() { pause_ = before_; }

  static void now_and_then() {
    if (pause_ != nullptr && ++looked_ % 4096 == 0) pause_();
  }

 private:
  void (*const before_)();
  static inline void (*pause_)() = nullptr;
  static inline unsigned looked_ = 0;
};

}  // namespace primecloud::contract
