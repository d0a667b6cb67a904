#include "timeline/printers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <sstream>

#include "timeline/canvas.hpp"
#include "unit/timeline/samples.hpp"

namespace mc::timeline {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHostile = "\"><script>alert(1)</script>&x='\x1b[31m\xff";

Timeline hostileTimeline() {
  Timeline timeline = build(endedCluster(), {});
  timeline.name = timeline.ns = timeline.outcome = kHostile;
  timeline.notes = {kHostile};
  for (auto& share : timeline.shares) share.name = kHostile;
  for (auto& lane : timeline.lanes) {
    lane.name = lane.detail = kHostile;
    for (auto& span : lane.spans) span.name = span.detail = kHostile;
  }
  return timeline;
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

size_t count(const std::string& text, const std::string& what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(Text, HasALineForEachLane) {
  const std::string text = textOf(build(endedCluster(), {}), {100, false});
  EXPECT_THAT(text, HasSubstr("flux-sample (default): 20.0 s, Succeeded\n"));
  EXPECT_THAT(text, HasSubstr("\nflux-sample-0-abcde "));
  EXPECT_THAT(text, HasSubstr("\n  nginx "));
  EXPECT_THAT(text, HasSubstr("\n\nfA hello "));
  EXPECT_THAT(text, HasSubstr("Where the time went:\n        5.0 s   25 %  jobs run\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Text, FitsTheTerminal) {
  for (const int columns : {40, 80, 133})
    for (const auto& line : linesOf(textOf(build(endedCluster(), {}), {columns, false})))
      EXPECT_LE(lengthOf(std::string_view(line)), static_cast<size_t>(columns)) << line;
}

TEST(Text, HasColoursOnlyWhereTheyAreWanted) {
  const std::string text = textOf(build(endedCluster(), {}), {100, true});
  EXPECT_THAT(text, HasSubstr("\x1b[32m█"));
  EXPECT_EQ(count(text, "\x1b[") % 2, 0U);  // what is begun is ended
}

TEST(Text, SendsNothingToTheTerminalThatIsNotOurs) {
  EXPECT_THAT(textOf(hostileTimeline(), {100, false}), Not(HasSubstr("\x1b")));
}

TEST(Svg, EscapesWhatComesFromOthers) {
  for (const auto& text : {svgOf(hostileTimeline()), htmlOf(hostileTimeline())}) {
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
    EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  }
}

TEST(Svg, SaysInWordsWhatItShows) {
  const std::string svg = svgOf(build(endedCluster(), {}));
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"mc-title mc-desc\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"mc-title\">Timeline of MiniCluster flux-sample</title>"));
  EXPECT_THAT(svg, HasSubstr("jobs run: 5.0 s."));
  EXPECT_THAT(svg, HasSubstr("<title>hook pre: 2.0 s</title>"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
}

TEST(Html, NeedsNothingElse) {
  const std::string page = htmlOf(build(endedCluster(), {}));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("href=")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_EQ(count(page, "http"),
            count(page, "http-equiv") + count(page, "http://www.w3.org/2000/svg"));
  EXPECT_EQ(count(page, "tabindex=\"0\" aria-label"), 5U);  // a lane each
}

TEST(Json, HoldsTheTimes) {
  const auto data = jsonOf(build(endedCluster(), {}));
  EXPECT_EQ(data.at("kind").as_string(), "Timeline");
  EXPECT_EQ(data.at("seconds").as_double(), 20);
  const auto& lane = data.at("lanes").as_array().at(1).as_object();
  EXPECT_EQ(lane.at("name").as_string(), "flux-sample-0-abcde");
  const auto& hook = lane.at("spans").as_array().at(2).as_object();
  EXPECT_EQ(hook.at("name").as_string(), "hook pre");
  EXPECT_EQ(hook.at("begin").as_string(), "2023-11-14T22:13:23.000000Z");
  EXPECT_EQ(hook.at("seconds").as_double(), 2);
  EXPECT_THAT(boost::json::serialize(jsonOf(hostileTimeline())), Not(HasSubstr("\xff")));
}

TEST(Printers, ManageWithoutAnyLane) {
  Timeline timeline;
  timeline.end = 1;
  EXPECT_FALSE(textOf(timeline, {}).empty());
  EXPECT_FALSE(htmlOf(timeline).empty());
}

}  // namespace
}  // namespace mc::timeline
