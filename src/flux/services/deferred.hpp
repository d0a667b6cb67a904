#pragma once
// Something to do once the present callback of the loop has returned, however often it is asked for
// until then. Nothing is done any more once it is destroyed.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <memory>

#include "base/loop.hpp"

namespace mc::flux::services {

class Deferred {
 public:
  Deferred(base::Loop& loop, std::function<void()> callback)
      : loop_(loop), state_(std::make_shared<State>(State{std::move(callback)})) {}
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;

  void schedule() {
    if (std::exchange(state_->scheduled, true)) return;
    loop_.post([weak = std::weak_ptr<State>(state_)] {
      const auto state = weak.lock();
      if (!state) return;
      state->scheduled = false;
      state->callback();
    });
  }

 private:
  struct State {
    std::function<void()> callback;
    bool scheduled = false;
  };
  base::Loop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace mc::flux::services
