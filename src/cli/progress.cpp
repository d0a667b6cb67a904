#include "cli/progress.hpp"

#include <algorithm>
#include <array>

#include "cli/print/columns.hpp"
#include "cli/print/human.hpp"

namespace mc::cli {

namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(50);
constexpr size_t kNameWidth = 32;
constexpr size_t kBarWidth = 24;

struct ActivityWords {
  const char* activity;
  const char* working;
  const char* finished;
  const char* part;
};
constexpr std::array<ActivityWords, 4> kActivities = {
    {{"start", "Starting", "Started", "container"},
     {"start pods", "Starting", "Started", "pod"},
     {"stop", "Stopping", "Stopped", "container"},
     {"remove", "Removing", "Removed", "container"}}};

/// The end of a name that is too long, since that is what tells images apart.
std::string fitName(const std::string& name, size_t width) {
  if (name.size() <= width) return name + std::string(width - name.size(), ' ');
  return "..." + name.substr(name.size() - (width - 3));
}

std::string bar(double share, size_t width) {
  const auto filled = static_cast<size_t>(share * static_cast<double>(width));
  std::string text(filled, '=');
  if (filled < width) text += '>';
  text.resize(width, ' ');
  return "[" + text + "]";
}

std::string amount(const engine::PullProgress& progress) {
  if (!progress.failure.empty()) return "failed";
  if (progress.done) return "done";
  if (progress.total == 0) return "waiting";
  return humanBytes(progress.bytes) + " / " + humanBytes(progress.total);
}

std::string pulledText(const engine::PullProgress& progress) {
  if (!progress.failure.empty())
    return "Pulling " + progress.image + " failed: " + progress.failure;
  return "Pulled " + progress.image +
         (progress.total > 0 ? " (" + humanBytes(progress.total) + ")" : "");
}

bool ended(const engine::PullProgress& progress) {
  return progress.done || !progress.failure.empty();
}

std::string clipped(const std::string& text, int columns) {
  const auto width = static_cast<size_t>(std::max(columns - 1, 10));
  return displayWidth(text) <= width ? text : text.substr(0, width);
}

}  // namespace

std::string pullBar(const engine::PullProgress& progress, int columns) {
  double share = progress.done ? 1 : 0;
  if (!progress.done && progress.total > 0)
    share =
        std::min(1.0, static_cast<double>(progress.bytes) / static_cast<double>(progress.total));
  std::array<char, 8> percent{};
  std::snprintf(percent.data(), percent.size(), "%3d%%", static_cast<int>(share * 100));
  // A narrow terminal gets no bar but the figures.
  const bool narrow = columns < static_cast<int>(kNameWidth + kBarWidth + 36);
  const std::string middle = narrow ? "" : " " + bar(share, kBarWidth);
  const size_t nameWidth = narrow ? 20 : kNameWidth;
  return clipped(
      fitName(progress.image, nameWidth) + middle + " " + percent.data() + "  " + amount(progress),
      columns);
}

std::string stepText(std::string_view activity, int done, int total) {
  const std::string count = std::to_string(done) + "/" + std::to_string(total);
  for (const auto& words : kActivities) {
    if (activity != words.activity) continue;
    if (done < total) return std::string(words.working) + " " + words.part + "s " + count;
    return std::string(words.finished) + " " + std::to_string(total) + " " + words.part +
           (total == 1 ? "" : "s");
  }
  return std::string(activity) + " " + count;
}

ProgressView::ProgressView(Output& out, const base::Clock& clock, bool quiet)
    : out_(out), clock_(clock), quiet_(quiet) {}

ProgressView::~ProgressView() {
  hide();
}

void ProgressView::pull(const engine::PullProgress& progress) {
  const std::lock_guard lock(mutex_);
  if (quiet_) return;
  const auto known = std::find_if(pulls_.begin(), pulls_.end(),
                                  [&](const auto& pull) { return pull.image == progress.image; });
  const bool first = known == pulls_.end();
  const bool news = ended(progress) && (first || !ended(*known));
  if (first) {
    pulls_.push_back(progress);
  } else {
    *known = progress;
  }
  if (out_.terminal()) return redraw(first || news);
  if (first && !news) line("Pulling " + progress.image);
  if (news) line(pulledText(progress));
}

void ProgressView::step(std::string_view activity, int done, int total) {
  const std::lock_guard lock(mutex_);
  if (quiet_ || total <= 0) return;
  step_ = stepText(activity, done, total);
  if (out_.terminal()) return redraw(true);
  if (done >= total) line(step_);
}

void ProgressView::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (quiet_) return;
  erase();
  line(std::string(text));
  if (out_.terminal()) redraw(true);
}

void ProgressView::hide() {
  const std::lock_guard lock(mutex_);
  erase();
  pulls_.clear();
  step_.clear();
}

/// Progress is a courtesy: a failing write must not fail the verb, so its status is dropped.
void ProgressView::line(const std::string& text) {
  (void)out_.write(text + "\n");
}

/// Back to the first line of the bars, and clear from there to the end of the screen.
void ProgressView::erase() {
  if (drawn_ == 0) return;
  (void)out_.write("\x1b[" + std::to_string(drawn_) + "F\x1b[J");
  drawn_ = 0;
}

void ProgressView::redraw(bool now) {
  const auto time = clock_.steady();
  if (!now && time - lastDraw_ < kRedrawInterval) return;
  lastDraw_ = time;
  std::string text = drawn_ == 0 ? "" : "\x1b[" + std::to_string(drawn_) + "F\x1b[J";
  drawn_ = 0;
  const auto add = [&](const std::string& bars) {
    text += bars + "\n";
    ++drawn_;
  };
  for (const auto& pull : pulls_) add(pullBar(pull, out_.columns()));
  if (!step_.empty()) add(clipped(step_, out_.columns()));
  (void)out_.write(text);
}

}  // namespace mc::cli
