#include "fakes/fake_apiserver/faults.hpp"

namespace mc::fakes {

void Faults::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  pending_.push_back({std::move(fault)});
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  pending_.clear();
  ++releases_;
  changed_.notify_all();
}

void Faults::release() {
  const std::lock_guard lock(mutex_);
  std::erase_if(pending_, [](const Pending& one) { return one.fault.kind == FaultKind::Hold; });
  ++releases_;
  changed_.notify_all();
}

bool Faults::awaitHeld(size_t count, int seconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(seconds), [&] { return held_ >= count; });
}

void Faults::cutAtWrite(size_t number, bool carriedOut) {
  const std::lock_guard lock(mutex_);
  writesUntilCut_ = number;
  carryCut_ = carriedOut;
}

void Faults::isolate() {
  const std::lock_guard lock(mutex_);
  isolated_ = true;
}

void Faults::mend() {
  const std::lock_guard lock(mutex_);
  isolated_ = false;
  writesUntilCut_ = 0;
  writes_ = 0;
}

bool Faults::cut() const {
  const std::lock_guard lock(mutex_);
  return isolated_;
}

void Faults::onWrite(std::function<void(const LoggedRequest&, size_t)> callback) {
  const std::lock_guard lock(mutex_);
  onWrite_ = std::move(callback);
}

Faults::Pending* Faults::hit(const RequestInfo& info) {
  for (auto& one : pending_) {
    if (!one.fault.match.matches(info) || one.seen++ < one.fault.skip) continue;
    if (one.fault.times > 0 && one.hits >= one.fault.times) continue;
    ++one.hits;
    return &one;
  }
  return nullptr;
}

Fate Faults::countWrite() {
  if (writesUntilCut_ == 0 || --writesUntilCut_ > 0) return Fate::Carry;
  isolated_ = true;
  return carryCut_ ? Fate::CutAfter : Fate::CutBefore;
}

void Faults::hold(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  const auto before = releases_;
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return releases_ != before; });
  --held_;
}

Outcome<Fate> Faults::decide(const RequestInfo& info, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (isolated_) return Fate::CutBefore;
  if (const auto* one = hit(info)) {
    switch (one->fault.kind) {
      case FaultKind::Answer:
        return refuse(one->fault.error);
      case FaultKind::CutBefore:
        return Fate::CutBefore;
      case FaultKind::CutAfter:
        return Fate::CutAfter;
      case FaultKind::Hold:
        hold(lock, stop);
        break;
    }
  }
  return info.writes() ? countWrite() : Fate::Carry;
}

void Faults::wrote(const LoggedRequest& request) {
  std::function<void(const LoggedRequest&, size_t)> callback;
  size_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++writes_;
    callback = onWrite_;
  }
  if (callback) callback(request, number);
}

}  // namespace mc::fakes
