#include <cmath>

#include "timeline/canvas.hpp"
#include "timeline/durations.hpp"
#include "timeline/printers.hpp"
#include "timeline/style.hpp"

namespace mc::timeline {
namespace {

constexpr const char* kLayout = R"(body{margin:0;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,"DejaVu Sans",sans-serif}main{max-width:1112px;margin:0 auto;padding:16px;
box-sizing:border-box}h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.15rem;margin:1.4em 0 .4em}
.chart{overflow-x:auto}.chart svg{display:block;width:100%;min-width:760px;height:auto}
.chart:focus-visible,summary:focus-visible{outline:2px solid var(--focus)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25em .8em
.25em 0;border-bottom:1px solid var(--grid);overflow-wrap:anywhere}td.n{white-space:nowrap;
text-align:right}.tables{overflow-x:auto}
)";

std::string cell(const std::string& content) {
  return "<td>" + escaped(content) + "</td>";
}

std::string numberCell(const std::string& content) {
  return "<td class=\"n\">" + escaped(content) + "</td>";
}

std::string sharesTable(const Timeline& timeline) {
  std::string rows;
  for (const auto& share : timeline.shares)
    rows += "<tr>" + cell(share.name) + cell(toneText(share.tone)) +
            numberCell(durationText(share.seconds)) +
            numberCell(std::to_string(std::lround(share.seconds / timeline.seconds() * 100)) +
                       "\u00a0%") +
            "</tr>";
  return "<table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Kind</th>"
         "<th scope=\"col\">Time</th><th scope=\"col\">Share</th></tr></thead><tbody>" +
         rows + "</tbody></table>";
}

std::string laneRows(const Lane& lane, double begin) {
  std::string spans;
  for (const auto& span : lane.spans)
    spans +=
        "<li>" + escaped("at " + durationText(span.begin - begin) + " " + sayingOf(span)) + "</li>";
  return "<tr>" + cell(kindName(lane.kind)) + cell(lane.name + (lane.failed ? " (failed)" : "")) +
         cell(lane.detail) + "<td><ul>" + spans + "</ul></td></tr>";
}

std::string lanesTable(const Timeline& timeline) {
  std::string rows;
  for (const auto& lane : timeline.lanes) rows += laneRows(lane, timeline.begin);
  return "<table><thead><tr><th scope=\"col\">Kind</th><th scope=\"col\">Name</th>"
         "<th scope=\"col\">About it</th><th scope=\"col\">What it did</th></tr></thead><tbody>" +
         rows + "</tbody></table>";
}

std::string notesList(const Timeline& timeline) {
  std::string list;
  for (const auto& note : timeline.notes) list += "<p>" + escaped(note) + "</p>";
  return list;
}

}  // namespace

std::string htmlOf(const Timeline& timeline) {
  const std::string title = "Timeline of " + escaped(timeline.name);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
         title + "</title><style>" + kColours + kLayout + "</style></head><body><main><h1>" +
         title + "</h1><p>" +
         escaped("MiniCluster " + timeline.name + " in namespace " + timeline.ns + ": " +
                 summaryOf(timeline) + ".") +
         "</p>" + notesList(timeline) +
         "<div class=\"chart\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"Chart\">" +
         svgPart(timeline) + "</div><h2>Where the time went</h2>" + sharesTable(timeline) +
         "<h2>In words</h2><details><summary>All that the chart shows</summary><div "
         "class=\"tables\">" +
         lanesTable(timeline) + "</div></details></main></body></html>\n";
}

}  // namespace mc::timeline
