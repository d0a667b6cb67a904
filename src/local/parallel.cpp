#include "local/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace mc::local {

namespace {

/// More at once would only queue up in the Docker daemon.
constexpr size_t kWidth = 16;

}  // namespace

base::Status forEachParallel(size_t count, const std::function<base::Status(size_t)>& work) {
  std::vector<base::Status> results(count);
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto worker = [&] {
    for (size_t i = next++; i < count && !failed; i = next++) {
      results[i] = work(i);
      if (!results[i]) failed = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < std::min(count, kWidth); ++i) threads.emplace_back(worker);
    worker();
  }
  const auto bad = std::find_if(results.begin(), results.end(), [](const auto& r) { return !r; });
  return bad == results.end() ? base::Status() : std::move(*bad);
}

base::Status inParallel(const std::vector<std::function<base::Status()>>& works) {
  return forEachParallel(works.size(), [&](size_t i) { return works[i](); });
}

}  // namespace mc::local
