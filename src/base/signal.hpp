#pragma once
// A list of callbacks that one part of a program calls and others join and leave.
//
// An unused Signal costs one null pointer, so that small objects can have one. Callbacks may
// join and leave, also themselves, while the Signal is being emitted: one that has left is not
// called any more, one that has joined is called from the next time on.
//
// Thread-safety: none; everything runs on one loop.

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "base/loop.hpp"

namespace mc::base {

template <class... Args>
class Signal {
 public:
  using Callback = std::function<void(Args...)>;

  /// Calls back until the returned handle is destroyed; the handle may outlive the Signal.
  [[nodiscard]] Watch connect(Callback callback) {
    if (!slots_) slots_ = std::make_shared<Slots>();
    auto connection = std::make_unique<Connection>();
    connection->slots = slots_;
    connection->slot = std::make_shared<Callback>(std::move(callback));
    slots_->list.push_back(connection->slot);
    return connection;
  }

  void emit(Args... args) const {
    const std::shared_ptr<Slots> slots = slots_;  // the Signal itself may go meanwhile
    if (!slots || slots->list.empty()) return;
    const size_t count = slots->list.size();
    ++slots->emitting;
    for (size_t i = 0; i < count; ++i)
      if (const std::shared_ptr<Callback> callback = slots->list[i]) (*callback)(args...);
    if (--slots->emitting == 0) std::erase(slots->list, nullptr);
  }

  [[nodiscard]] bool empty() const { return !slots_ || slots_->list.empty(); }

 private:
  struct Slots {
    std::vector<std::shared_ptr<Callback>> list;  // null: has left during emit()
    int emitting = 0;
  };
  struct Connection final : Registration {
    ~Connection() override {
      const auto owner = slots.lock();
      if (!owner) return;
      const auto at = std::find(owner->list.begin(), owner->list.end(), slot);
      if (at == owner->list.end()) return;
      if (owner->emitting > 0)
        at->reset();
      else
        owner->list.erase(at);
    }
    std::weak_ptr<Slots> slots;
    std::shared_ptr<Callback> slot;
  };

  std::shared_ptr<Slots> slots_;
};

}  // namespace mc::base
