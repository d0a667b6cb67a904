#include "flux/commands/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "flux/commands/row_format.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::chrono::milliseconds kInterval{50};  // 20 pictures per second are smooth enough

std::string bar(size_t width, double fraction) {
  const auto full = static_cast<size_t>(fraction * static_cast<double>(width));
  std::string out;
  for (size_t i = 0; i < width; ++i) out += i < full ? "\u2588" : " ";
  return out;
}

}  // namespace

Progress::Progress(bool wanted, bool throughput)
    : active_(wanted && ::isatty(STDOUT_FILENO) == 1), throughput_(throughput) {
  if (wanted && !active_)
    complain("flux: WARNING: stdout is not a tty. Ignoring --progress option");
}

void Progress::show(const JobWaiter::Totals& totals, size_t expected) {
  const auto now = std::chrono::steady_clock::now();
  const bool last = totals.done() == expected;
  if (!active_ || (!last && now - last_ < kInterval)) return;
  last_ = now;
  shown_ = true;
  char counts[96];
  std::snprintf(counts, sizeof counts, "PD:%-4zu R:%-4zu CD:%-4zu F:%-4zu \u2502",
                expected - totals.done() - totals.running, totals.running, totals.succeeded,
                totals.failed);
  const double fraction =
      expected == 0 ? 1.0 : static_cast<double>(totals.done()) / static_cast<double>(expected);
  // At the end the throughput or the time that has passed, as the user prefers.
  char tail[64];
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double shown = throughput_ ? static_cast<double>(totals.done()) / seconds : seconds;
  std::snprintf(tail, sizeof tail, "\u2502%5.1f%% %.1f%s", fraction * 100, shown,
                throughput_ ? " job/s" : "s");
  const size_t used = 50;  // columns of the counts and the tail
  const size_t columns = terminalColumns();
  print("\r" + std::string(counts) + bar(columns > used + 10 ? columns - used - 1 : 10, fraction) +
        tail);
  flushOutput();
}

void Progress::finish() {
  if (shown_) print("\n");
}

}  // namespace mc::flux::commands
