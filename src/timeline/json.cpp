#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <cmath>

#include "base/rfc3339.hpp"
#include "timeline/canvas.hpp"
#include "timeline/durations.hpp"
#include "timeline/printers.hpp"

namespace mc::timeline {
namespace {

namespace json = boost::json;

/// Milliseconds are what is recorded; more digits would be noise of the arithmetic.
double rounded(double seconds) {
  return std::round(seconds * 1000) / 1000;
}

json::object spanObject(const Span& span) {
  json::object object{{"name", cleaned(span.name)},
                      {"tone", toneName(span.tone)},
                      {"begin", base::formatTime(span.begin)},
                      {"end", base::formatTime(span.end)},
                      {"seconds", rounded(span.seconds())},
                      {"open", span.open}};
  if (!span.detail.empty()) object["detail"] = cleaned(span.detail);
  return object;
}

json::object laneObject(const Lane& lane) {
  json::object object{
      {"kind", kindName(lane.kind)}, {"name", cleaned(lane.name)}, {"failed", lane.failed}};
  if (!lane.detail.empty()) object["detail"] = cleaned(lane.detail);
  json::array spans;
  for (const auto& span : lane.spans) spans.push_back(spanObject(span));
  object["spans"] = std::move(spans);
  if (!lane.load.empty()) object["load"] = json::value_from(lane.load);
  return object;
}

}  // namespace

const char* toneText(Tone tone) {
  static constexpr const char* kTexts[] = {"pending", "set up", "waiting", "Flux starts",
                                           "running", "ending", "failed"};
  return kTexts[static_cast<int>(tone)];
}

const char* toneName(Tone tone) {
  static constexpr const char* kNames[] = {"Pending", "Setup",     "Waiting", "Starting",
                                           "Running", "Finishing", "Failed"};
  return kNames[static_cast<int>(tone)];
}

const char* kindName(LaneKind kind) {
  static constexpr const char* kNames[] = {"MiniCluster", "Pod",  "Container", "Pods",
                                           "Job",         "Jobs", "Load"};
  return kNames[static_cast<int>(kind)];
}

std::string summaryOf(const Timeline& timeline) {
  const std::string length = durationText(timeline.seconds());
  return timeline.live ? "for " + length + " now, " + timeline.outcome
                       : length + ", " + timeline.outcome;
}

std::string sayingOf(const Span& span) {
  std::string text = span.name + ": " + durationText(span.seconds());
  if (span.open) text += " so far";
  if (!span.detail.empty()) text += " (" + span.detail + ")";
  return text;
}

std::string lengthOf(const Lane& lane) {
  if (lane.spans.empty()) return {};
  return durationText(lane.spans.back().end - lane.spans.front().begin);
}

json::object jsonOf(const Timeline& timeline) {
  json::array lanes, shares, notes;
  for (const auto& note : timeline.notes) notes.emplace_back(cleaned(note));
  for (const auto& lane : timeline.lanes) lanes.push_back(laneObject(lane));
  for (const auto& share : timeline.shares)
    shares.push_back(json::object{{"name", cleaned(share.name)},
                                  {"tone", toneName(share.tone)},
                                  {"seconds", rounded(share.seconds)}});
  return {{"kind", "Timeline"},
          {"metadata",
           json::object{{"namespace", cleaned(timeline.ns)}, {"name", cleaned(timeline.name)}}},
          {"status", cleaned(timeline.outcome)},
          {"begin", base::formatTime(timeline.begin)},
          {"end", base::formatTime(timeline.end)},
          {"seconds", rounded(timeline.seconds())},
          {"live", timeline.live},
          {"lanes", std::move(lanes)},
          {"shares", std::move(shares)},
          {"notes", std::move(notes)}};
}

}  // namespace mc::timeline
