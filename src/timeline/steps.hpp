#pragma once
// Things that follow one another: each goes on until the next begins.
//
// Thread-safety: plain values.

#include <string>
#include <vector>

#include "timeline/timeline.hpp"

namespace mc::timeline {

class Steps {
 public:
  /// A step that begins at `time`, or with the one before it should that have begun later (clocks
  /// of machines differ, and Kubernetes' times are whole seconds). A time of 0 is not known: then
  /// there is no such step. One with the name of the step before goes on with it.
  void at(double time, Tone tone, std::string name, std::string detail = {});

  [[nodiscard]] bool empty() const { return steps_.empty(); }
  /// When the last one began.
  [[nodiscard]] double last() const { return steps_.empty() ? 0 : steps_.back().begin; }

  /// All of them; the last one ends at `end`, or goes on then.
  [[nodiscard]] std::vector<Span> until(double end, bool open) const;

 private:
  std::vector<Span> steps_;
};

/// Cuts spans to [begin, end] and leaves out what is not in it.
void clip(std::vector<Span>& spans, double begin, double end);

}  // namespace mc::timeline
