#include "flux/broker/quiet.hpp"

#include <utility>

namespace mc::flux::broker {

/// A timer per spell, not per message: whether there was one is looked up when it goes off.
void Quiet::wait() {
  constexpr std::chrono::seconds kSpell{1};
  stirred_ = false;
  timer_ = loop_.after(kSpell, [this] {
    if (stirred_) return wait();
    timer_.reset();
    release_();
  });
}

}  // namespace mc::flux::broker
