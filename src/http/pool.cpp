#include "http/pool.hpp"

namespace mc::http {

namespace {

/// On an idle connection nothing may come: bytes, an end and an error all mean that it is over.
/// Reading also lets TLS take in what belongs to it alone, like session tickets.
bool isQuiet(Stream& stream) {
  char byte = 0;
  const auto attempt = stream.tryRead(&byte, 1);
  return attempt && attempt->state == Attempt::State::WantsRead;
}

}  // namespace

uint64_t ConnectionPool::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::unique_ptr<Stream> ConnectionPool::takeAny() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto stream = std::move(idle_.back());
  idle_.pop_back();
  return stream;
}

std::unique_ptr<Stream> ConnectionPool::take() {
  while (auto stream = takeAny()) {
    if (isQuiet(*stream)) return stream;
  }
  return nullptr;
}

void ConnectionPool::give(std::unique_ptr<Stream> stream, uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation == generation_ && idle_.size() < options_.keep) idle_.push_back(std::move(stream));
}

base::Result<std::unique_ptr<Stream>> ConnectionPool::open(const Timeouts& timeouts,
                                                           const std::stop_token& stop) {
  auto stream = dial(endpoint_, deadlineIn(timeouts.connect), stop);
  if (!stream && options_.explainDial && stream.error().errnum != ECANCELED) {
    return base::pass(options_.explainDial(stream.error()));
  }
  return stream;
}

void ConnectionPool::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  idle_.clear();
}

}  // namespace mc::http
