#pragma once
// Printing a job's output log (RFC 24) as `flux job attach` does.
//
// Thread-safety: none.

#include <cstdio>
#include <string>

#include "flux/formats/eventlog.hpp"
#include "flux/formats/line_labels.hpp"

namespace mc::flux::commands {

class JobOutput {
 public:
  /// Where the streams go.
  struct Sinks {
    FILE* out = stdout;
    FILE* err = stderr;
  };

  /// With `labels` each line begins with its task's rank, "1: ".
  explicit JobOutput(bool labels) : JobOutput(labels, Sinks()) {}
  JobOutput(bool labels, Sinks sinks) : labelled_(labels), sinks_(sinks) {}

  /// Prints one entry of guest.output. `start` is the time log messages count from.
  void print(const formats::Event& event, double start);

  /// Leaves out from now on what a task writes.
  void mute(std::string rank) { muted_ = std::move(rank); }

  /// All streams that the header announced have ended or went elsewhere.
  [[nodiscard]] bool complete() const { return hasHeader_ && open_ <= 0; }

 private:
  void printHeader(const formats::json::object& context);
  void printData(const formats::json::object& context);
  void printRedirect(const formats::json::object& context);
  void printLog(const formats::Event& event, double start) const;
  void printError(std::string line) const;

  bool labelled_;
  std::string muted_;
  Sinks sinks_;
  bool hasHeader_ = false;
  int64_t open_ = 0;
  formats::LineLabels labels_;
};

}  // namespace mc::flux::commands
