#pragma once
// Shows how far pulls, starts and removals are: bars on a terminal, plain lines elsewhere.
//
// Thread-safety: as engine::Progress (one call at a time); hide() from any thread.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/output.hpp"
#include "engine/engine.hpp"

namespace mc::cli {

class ProgressView final : public engine::Progress {
 public:
  /// `quiet`: shows nothing at all.
  ProgressView(Output& out, const base::Clock& clock, bool quiet);
  ~ProgressView() override;
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;

  void pull(const engine::PullProgress& progress) override;
  void step(std::string_view activity, int done, int total) override;
  void note(std::string_view text) override;

  /// Takes the bars away, before something else is written to the terminal.
  void hide();

 private:
  void redraw(bool now);
  void erase();
  void line(const std::string& text);

  Output& out_;
  const base::Clock& clock_;
  const bool quiet_;
  std::mutex mutex_;
  std::vector<engine::PullProgress> pulls_;
  std::string step_;
  int drawn_ = 0;  ///< lines of bars on the screen
  std::chrono::steady_clock::time_point lastDraw_;
};

/// One line of at most `columns` characters: name, bar, percent, bytes.
std::string pullBar(const engine::PullProgress& progress, int columns);

/// "Starting containers 3/5".
std::string stepText(std::string_view activity, int done, int total);

}  // namespace mc::cli
