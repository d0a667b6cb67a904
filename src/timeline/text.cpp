#include <algorithm>
#include <cmath>

#include "timeline/canvas.hpp"
#include "timeline/durations.hpp"
#include "timeline/printers.hpp"

namespace mc::timeline {
namespace {

constexpr int kMinColumns = 40;
constexpr size_t kMaxNames = 34;
constexpr size_t kLengths = 11;  ///< "59 min 59 s"

struct Glyph {
  const char* text;
  const char* colour;  ///< ECMA-48 SGR
};

/// Told apart also without colours.
constexpr Glyph kGlyphs[kTones] = {{"·", "2"},  {"▒", "33"}, {"░", "35"}, {"▓", "36"},
                                   {"█", "32"}, {"▄", "2"},  {"x", "31"}};

constexpr const char* kLevels[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::string padded(std::string text, size_t width) {
  const size_t length = lengthOf(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

class Chart {
 public:
  Chart(const Timeline& timeline, const TextStyle& style) : t_(timeline), style_(style) {
    const auto columns = static_cast<size_t>(std::max(style.columns, kMinColumns));
    for (const auto& lane : t_.lanes) names_ = std::max(names_, lengthOf(cleaned(nameOf(lane))));
    names_ = std::min({names_, kMaxNames, columns / 3});
    bar_ = columns - names_ - kLengths - 2;
  }

  std::string draw() const {
    std::string text = shortened(t_.name + " (" + t_.ns + "): " + summaryOf(t_),
                                 static_cast<size_t>(std::max(style_.columns, kMinColumns))) +
                       "\n\n" + axis();
    for (size_t i = 0; i < t_.lanes.size(); ++i) {
      if (i > 0 && isJob(t_.lanes[i]) && !isJob(t_.lanes[i - 1])) text += "\n";
      text += line(t_.lanes[i]);
    }
    return text + "\n" + legend() + shares() + notes();
  }

 private:
  static bool isJob(const Lane& lane) {
    return lane.kind == LaneKind::Job || lane.kind == LaneKind::Jobs || lane.kind == LaneKind::Load;
  }

  static std::string nameOf(const Lane& lane) {
    const std::string mark = lane.failed ? "✗ " : "";
    return (lane.kind == LaneKind::Container ? "  " : "") + mark + lane.name;
  }

  std::string axis() const {
    std::string text = std::string(names_ + 1, ' ');
    size_t used = 0;
    for (const double mark : axisMarks(t_.seconds(), static_cast<int>(bar_ / 10))) {
      const auto at = static_cast<size_t>(mark / t_.seconds() * static_cast<double>(bar_));
      const std::string word = axisText(mark);
      if (at < used || at + word.size() > bar_) continue;
      text += std::string(at - used, ' ') + word;
      used = at + word.size();
    }
    return text + "\n";
  }

  std::string line(const Lane& lane) const {
    std::string text = padded(shortened(nameOf(lane), names_), names_) + " ";
    text += lane.kind == LaneKind::Load ? load(lane) : bar(lane);
    const std::string length =
        lane.kind == LaneKind::Load
            ? "max " + std::to_string(*std::max_element(lane.load.begin(), lane.load.end()))
            : lengthOf(lane);
    if (length.empty()) return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    const size_t room = kLengths + 1;
    return text + std::string(room > length.size() ? room - length.size() : 1, ' ') + length + "\n";
  }

  /// The tone that has most of a cell; what fails is shown however short it was.
  int toneAt(const Lane& lane, size_t cell) const {
    const double width = t_.seconds() / static_cast<double>(bar_);
    const double begin = t_.begin + static_cast<double>(cell) * width;
    double most[kTones] = {};
    for (const auto& span : lane.spans) {
      const double covered = std::min(span.end, begin + width) - std::max(span.begin, begin);
      if (covered > 0) most[static_cast<int>(span.tone)] += covered;
    }
    if (most[static_cast<int>(Tone::Failed)] > 0) return static_cast<int>(Tone::Failed);
    const auto* best = std::max_element(most, most + kTones);
    return *best > 0 ? static_cast<int>(best - most) : -1;
  }

  std::string bar(const Lane& lane) const {
    std::string text;
    int before = -1;
    for (size_t cell = 0; cell < bar_; ++cell) {
      const int tone = toneAt(lane, cell);
      if (tone != before) text += change(before, tone);
      text += tone < 0 ? " " : kGlyphs[tone].text;
      before = tone;
    }
    return text + change(before, -1);
  }

  std::string change(int before, int tone) const {
    if (!style_.colour) return {};
    std::string text = before >= 0 ? "\x1b[0m" : "";
    if (tone >= 0) text += std::string("\x1b[") + kGlyphs[tone].colour + "m";
    return text;
  }

  std::string load(const Lane& lane) const {
    const int most = std::max(1, *std::max_element(lane.load.begin(), lane.load.end()));
    std::string text = change(-1, static_cast<int>(Tone::Running));
    for (size_t cell = 0; cell < bar_; ++cell) {
      const size_t first = cell * lane.load.size() / bar_;
      const size_t last = std::max(first + 1, (cell + 1) * lane.load.size() / bar_);
      const int value = *std::max_element(lane.load.begin() + static_cast<long>(first),
                                          lane.load.begin() + static_cast<long>(last));
      text += kLevels[(value * 8 + most - 1) / most];
    }
    return text + change(static_cast<int>(Tone::Running), -1);
  }

  std::string legend() const {
    bool used[kTones] = {};
    for (const auto& lane : t_.lanes)
      for (const auto& span : lane.spans) used[static_cast<int>(span.tone)] = true;
    const auto columns = static_cast<size_t>(std::max(style_.columns, kMinColumns));
    std::string text;
    size_t length = 0;
    for (int tone = 0; tone < kTones; ++tone) {
      if (!used[tone]) continue;
      const std::string word = toneText(static_cast<Tone>(tone));
      const bool fits = length + word.size() + 4 <= columns;
      if (length > 0) text += fits ? "  " : "\n";
      length = (fits && length > 0 ? length + 2 : 0) + word.size() + 2;
      text += change(-1, tone) + kGlyphs[tone].text + change(tone, -1) + " " + word;
    }
    return text + "\n";
  }

  std::string shares() const {
    std::string text = "\nWhere the time went:\n";
    for (const auto& share : t_.shares) {
      const std::string length = durationText(share.seconds);
      const auto percent = std::to_string(std::lround(share.seconds / t_.seconds() * 100)) + " %";
      const auto columns = static_cast<size_t>(std::max(style_.columns, kMinColumns));
      text += std::string(kLengths + 2 - std::min(length.size(), kLengths), ' ') + length + "  " +
              std::string(5 - std::min<size_t>(percent.size(), 5), ' ') + percent + "  " +
              shortened(share.name, columns - kLengths - 12) + "\n";
    }
    return text;
  }

  std::string notes() const {
    std::string text;
    for (const auto& note : t_.notes) text += "\n" + cleaned(note) + "\n";
    return text;
  }

  const Timeline& t_;
  const TextStyle& style_;
  size_t names_ = 8;
  size_t bar_ = 10;
};

}  // namespace

std::string textOf(const Timeline& timeline, const TextStyle& style) {
  return Chart(timeline, style).draw();
}

}  // namespace mc::timeline
