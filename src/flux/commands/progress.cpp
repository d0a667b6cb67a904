#include "flux/commands/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::chrono::milliseconds kInterval{50};  // 20 pictures per second are smooth enough
constexpr size_t kDefaultColumns = 80;

size_t terminalColumns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultColumns;
  return size.ws_col;
}

std::string bar(size_t width, double fraction) {
  const auto full = static_cast<size_t>(fraction * static_cast<double>(width));
  std::string out;
  for (size_t i = 0; i < width; ++i) out += i < full ? "\u2588" : " ";
  return out;
}

}  // namespace

Progress::Progress(bool wanted) : active_(wanted && ::isatty(STDOUT_FILENO) == 1) {
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
  char percent[32];
  std::snprintf(percent, sizeof percent, "\u2502%5.1f%%", fraction * 100);
  const size_t used = 36;  // columns of the counts and the percentage
  const size_t columns = terminalColumns();
  print("\r" + std::string(counts) + bar(columns > used + 10 ? columns - used - 1 : 10, fraction) +
        percent);
  flushOutput();
}

void Progress::finish() {
  if (shown_) print("\n");
}

}  // namespace mc::flux::commands
