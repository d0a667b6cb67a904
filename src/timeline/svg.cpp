#include <algorithm>

#include "timeline/canvas.hpp"
#include "timeline/durations.hpp"
#include "timeline/printers.hpp"
#include "timeline/style.hpp"

namespace mc::timeline {
namespace {

// Places in pixels. Widths of texts are reckoned from the widest of the usual monospaced fonts.
constexpr double kWidth = 1080;
constexpr double kMargin = 16;
constexpr double kNames = 264;
constexpr double kBar = kMargin + kNames + 8;
constexpr double kBarWidth = 680;
constexpr double kLengthAt = kWidth - kMargin;  ///< right end
constexpr double kRow = 22;
constexpr double kGap = 10;  ///< before the jobs
constexpr double kHead = 112;
constexpr double kCharacter = 7.3;  ///< of 12 pixels
constexpr double kSmall = 6.7;      ///< of 11 pixels
constexpr double kLeast = 0.75;     ///< the shortest span
constexpr double kWide = 6;  ///< spans from here on have an edge, which tells them from the next
constexpr size_t kNameLength = 35;
constexpr size_t kLineLength = 140;  ///< of a text over the whole width
constexpr size_t kShares = 10;

bool isJob(const Lane& lane) {
  return lane.kind == LaneKind::Job || lane.kind == LaneKind::Jobs || lane.kind == LaneKind::Load;
}

std::string toneClass(const char* prefix, Tone tone) {
  return prefix + std::to_string(static_cast<int>(tone));
}

std::string text(double x, double y, const std::string& classes, const std::string& content) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" class=\"" + classes + "\">" +
         escaped(content) + "</text>";
}

std::string rect(double x, double y, double width, double height, const std::string& classes) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
         "\" height=\"" + number(height) + "\" class=\"" + classes + "\"/>";
}

/// `text` in lines of at most kLineLength characters.
std::vector<std::string> wrapped(const std::string& text) {
  std::vector<std::string> lines(1);
  std::string rest = cleaned(text);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    const std::string word = shortened(rest.substr(0, end), kLineLength);
    rest.erase(0, std::min(end + 1, rest.size()));
    if (lengthOf(lines.back()) + lengthOf(word) + 1 > kLineLength) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

class Drawing {
 public:
  /// `part`: of a page.
  Drawing(const Timeline& timeline, bool part) : t_(timeline), part_(part) {}

  std::string draw() {
    // The line at the foot says what the lane under the pointer, or with the focus, consists of.
    // Where it is shows only once all above it was drawn.
    (void)content();
    height_ = y_ + 28;
    const std::string body = content();
    return open() + "<style>" + style() + "</style>" + patterns() +
           rect(0, 0, kWidth, height_, "bg") + axis() + body + "</svg>\n";
  }

 private:
  std::string open() const {
    const std::string size = "viewBox=\"0 0 " + number(kWidth) + " " + number(height_) + "\"";
    const std::string fixed =
        part_ ? "" : " width=\"" + number(kWidth) + "\" height=\"" + number(height_) + "\"";
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size + fixed + " role=\"" +
           (part_ ? "group" : "img") + "\" aria-labelledby=\"mc-title mc-desc\">" +
           "<title id=\"mc-title\">Timeline of MiniCluster " + escaped(t_.name) + "</title>" +
           "<desc id=\"mc-desc\">" + escaped(description()) + "</desc>";
  }

  std::string description() const {
    std::string words = t_.name + " in namespace " + t_.ns + ": " + summaryOf(t_) + ".";
    for (const auto& share : t_.shares)
      words += " " + share.name + ": " + durationText(share.seconds) + ".";
    return words;
  }

  static std::string style() {
    std::string css = kColours;
    css += std::string("text{font:12px ") + kMonospace +
           ";fill:var(--fg)}.h{font-size:16px;font-weight:700}.dim,.len{fill:var(--dim)}"
           ".len{text-anchor:end}.mark{fill:var(--dim);font-size:11px;text-anchor:middle}"
           ".bg{fill:var(--bg)}.row{fill:transparent}.grid{stroke:var(--grid)}"
           ".wide{stroke:var(--bg)}.bad{fill:var(--bad)}.in{font-size:11px;pointer-events:none}"
           ".hatch{fill:url(#mc-hatch);pointer-events:none}.tip{visibility:hidden;fill:var(--dim)}"
           ".lane:hover .row,.lane:focus .row{fill:var(--row)}"
           ".lane:hover .tip,.lane:focus .tip{visibility:visible}.lane{outline:none}"
           ".lane:focus-visible .row{stroke:var(--focus);stroke-width:2}";
    for (int i = 0; i < kTones; ++i) {
      const std::string n = std::to_string(i);
      css += ".t" + n + "{fill:var(--t" + n + ")}.i" + n + "{fill:var(--i" + n + ")}";
    }
    return css;
  }

  static std::string patterns() {
    return "<defs><pattern id=\"mc-hatch\" width=\"5\" height=\"5\" "
           "patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><line y2=\"5\" stroke=\"var(--bg)\" "
           "stroke-width=\"2\" stroke-opacity=\".45\"/></pattern></defs>";
  }

  /// From top to bottom: each part begins where the one before has ended.
  std::string content() {
    std::string out = heading();
    out += lanes();
    out += shares();
    return out + notes();
  }

  std::string heading() {
    std::string out = text(kMargin, 28, "h", shortened(t_.name, 60)) +
                      text(kMargin, 48, "dim",
                           shortened("namespace " + t_.ns + ", " + summaryOf(t_), kLineLength));
    double x = kMargin;
    for (int i = 0; i < kTones; ++i) {
      const auto tone = static_cast<Tone>(i);
      out += rect(x, 60, 14, 14, toneClass("key t", tone)) + hatch(x, 60, 14, 14, tone) +
             text(x + 20, 71, "dim", toneText(tone));
      x += 20 + static_cast<double>(lengthOf(std::string_view(toneText(tone)))) * kCharacter + 22;
    }
    y_ = kHead;
    return out;
  }

  static std::string hatch(double x, double y, double width, double height, Tone tone) {
    const bool hatched = tone == Tone::Waiting || tone == Tone::Failed;
    return hatched ? rect(x, y, width, height, "hatch") : "";
  }

  double at(double time) const { return kBar + (time - t_.begin) / t_.seconds() * kBarWidth; }

  std::string axis() const {
    std::string out;
    for (const double mark : axisMarks(t_.seconds(), 9)) {
      const double x = at(t_.begin + mark);
      out += "<line x1=\"" + number(x) + "\" x2=\"" + number(x) + "\" y1=\"" + number(kHead - 8) +
             "\" y2=\"" + number(lanesEnd_) + "\" class=\"grid\"/>" +
             text(x, kHead - 14, "mark", axisText(mark));
    }
    return out;
  }

  std::string lanes() {
    std::string out = part_ ? "<g role=\"list\">" : "<g>";
    for (size_t i = 0; i < t_.lanes.size(); ++i) {
      if (i > 0 && isJob(t_.lanes[i]) && !isJob(t_.lanes[i - 1])) y_ += kGap;
      out += lane(t_.lanes[i]);
      y_ += kRow;
    }
    lanesEnd_ = y_;
    y_ += 26;
    return out + "</g>";
  }

  static std::string saying(const Lane& lane) {
    std::string words = lane.name + (lane.failed ? " (failed)" : "");
    if (!lane.detail.empty()) words += ", " + lane.detail;
    for (size_t i = 0; i < lane.spans.size() && i < 12; ++i)
      words += "; " + sayingOf(lane.spans[i]);
    return words;
  }

  std::string lane(const Lane& lane) {
    const bool inner = lane.kind == LaneKind::Container;
    const std::string name = (lane.failed ? "✗ " : "") + lane.name;
    std::string out = "<g class=\"lane\"";
    if (part_)
      out += " role=\"listitem\" tabindex=\"0\" aria-label=\"" + escaped(saying(lane)) + "\"";
    out += "><title>" +
           escaped(lane.detail.empty() ? lane.name : lane.name + "\u00a0– " + lane.detail) +
           "</title>" + rect(4, y_, kWidth - 8, kRow, "row") +
           text(kMargin + (inner ? 2 * kCharacter : 0), y_ + 15, lane.failed ? "name bad" : "name",
                shortened(name, kNameLength - (inner ? 2 : 0)));
    out += lane.kind == LaneKind::Load ? load(lane) : spans(lane, inner ? 5 : 3);
    out += text(kLengthAt, y_ + 15, "len", lengthText(lane)) + tip(lane) + "</g>";
    return out;
  }

  static std::string lengthText(const Lane& lane) {
    if (lane.kind != LaneKind::Load) return lengthOf(lane);
    return "max " + std::to_string(*std::max_element(lane.load.begin(), lane.load.end()));
  }

  std::string spans(const Lane& lane, double inset) const {
    std::string out;
    const double y = y_ + inset;
    const double height = kRow - 2 * inset;
    for (size_t i = 0; i < lane.spans.size(); ++i) {
      const Span& span = lane.spans[i];
      const double x = at(span.begin);
      const double next =
          i + 1 < lane.spans.size() ? at(lane.spans[i + 1].begin) : kBar + kBarWidth;
      // What is too short to be seen is drawn as long as there is place for it.
      const double width = std::min(std::max(at(span.end) - x, kLeast), std::max(next - x, 0.1));
      out += "<g><title>" + escaped(sayingOf(span)) + "</title>" +
             rect(x, y, width, height,
                  (width > kWide ? "span wide " : "span ") + toneClass("t", span.tone)) +
             hatch(x, y, width, height, span.tone) + label(span, x, width) + "</g>";
    }
    return out;
  }

  /// The span's name in it, if it has the place.
  std::string label(const Span& span, double x, double width) const {
    const std::string name = cleaned(span.name);
    if (static_cast<double>(lengthOf(name)) * kSmall + 8 > width) return {};
    return text(x + 4, y_ + 15, toneClass("in i", span.tone), name);
  }

  std::string load(const Lane& lane) const {
    const int most = std::max(1, *std::max_element(lane.load.begin(), lane.load.end()));
    const double bottom = y_ + kRow - 2;
    const double part = kBarWidth / static_cast<double>(lane.load.size());
    std::string path = "M" + number(kBar) + " " + number(bottom);
    for (size_t i = 0; i < lane.load.size(); ++i)
      path += "V" + number(bottom - static_cast<double>(lane.load[i]) / most * (kRow - 4)) + "H" +
              number(kBar + static_cast<double>(i + 1) * part);
    return "<path d=\"" + path + "V" + number(bottom) + "Z\" class=\"span t4\"/>";
  }

  /// Drawn at the foot, while the lane is looked at.
  std::string tip(const Lane& lane) const {
    return text(kMargin, height_ - 12, "tip", shortened(saying(lane), kLineLength));
  }

  std::string shares() {
    std::string out = text(kMargin, y_, "h", "Where the time went");
    y_ += 22;
    const size_t shown = std::min(t_.shares.size(), kShares);
    for (size_t i = 0; i < shown; ++i) {
      const Share& share = t_.shares[i];
      const double percent = share.seconds / t_.seconds() * 100;
      const double width = std::max(percent / 100 * kBarWidth, kLeast);
      out += text(kMargin, y_ + 11, "share", shortened(share.name, kNameLength)) +
             rect(kBar, y_, width, 14, toneClass("part t", share.tone)) +
             hatch(kBar, y_, width, 14, share.tone) +
             text(kLengthAt, y_ + 11, "len", durationText(share.seconds));
      y_ += 20;
    }
    y_ += 6;
    return out;
  }

  std::string notes() {
    std::string out;
    for (const auto& note : t_.notes)
      for (const auto& line : wrapped(note)) {
        out += text(kMargin, y_ + 11, "dim note", line);
        y_ += 18;
      }
    return out;
  }

  const Timeline& t_;
  bool part_;
  double y_ = 0;
  double lanesEnd_ = 0;
  double height_ = 0;
};

}  // namespace

std::string svgOf(const Timeline& timeline) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + Drawing(timeline, false).draw();
}

std::string svgPart(const Timeline& timeline) {
  return Drawing(timeline, true).draw();
}

}  // namespace mc::timeline
