#include "timeline/steps.hpp"

#include <algorithm>

namespace mc::timeline {

void Steps::at(double time, Tone tone, std::string name, std::string detail) {
  if (time <= 0) return;
  if (!steps_.empty() && steps_.back().name == name) return;
  time = std::max(time, last());
  steps_.push_back({time, time, tone, std::move(name), std::move(detail), false});
}

std::vector<Span> Steps::until(double end, bool open) const {
  std::vector<Span> spans = steps_;
  for (size_t i = 0; i < spans.size(); ++i)
    spans[i].end = i + 1 < spans.size() ? spans[i + 1].begin : std::max(end, spans[i].begin);
  if (open && !spans.empty()) spans.back().open = true;
  std::erase_if(spans, [](const Span& span) { return span.seconds() <= 0; });
  return spans;
}

void clip(std::vector<Span>& spans, double begin, double end) {
  for (auto& span : spans) {
    span.begin = std::clamp(span.begin, begin, end);
    span.end = std::clamp(span.end, begin, end);
  }
  std::erase_if(spans, [](const Span& span) { return span.seconds() <= 0; });
}

}  // namespace mc::timeline
