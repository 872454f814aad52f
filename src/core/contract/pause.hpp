// Who waits for what is made of a contract may give up: that is asked now and then while its tree is walked.
#pragma once

namespace primecloud::contract {

class pausing {
 public:
  // `pause` may throw.
  explicit pausing(void (*pause)()) : pause_(pause), before_(current_) { current_ = this; }
  pausing(const pausing &) = delete;
  pausing &operator=(const pausing &) = delete;
  ~pausing() { current_ = before_; }

  static void now_and_then();

 private:
  void (*const pause_)();
  pausing *const before_;
  static inline pausing *current_ = nullptr;
  static inline unsigned looked_ = 0;
};

}  // namespace primecloud::contract
