#pragma once
// Hooks: texts of the manifest, run by the image's shell before and after Flux.
//
// Quiet: a hook's output is kept back and only shown, its last part, if the hook fails.
// Strict: a hook's first failing command is its end (sh -e) and the container's; otherwise its
// failure is told and passed over.
//
// Thread-safety: none.

#include <memory>
#include <string>
#include <vector>

#include "base/loop.hpp"
#include "entry/capture.hpp"
#include "entry/environment.hpp"
#include "entry/files.hpp"
#include "entry/messages.hpp"
#include "entry/processes.hpp"

namespace mc::entry {

struct HookRules {
  bool quiet = false;
  bool strict = true;
  /// This program, which tells what environment a hook leaves.
  std::string self;
};

class HookRunner {
 public:
  HookRunner(Processes& processes, base::Loop& loop, const Files& files, const Messages& messages,
             HookRules rules)
      : processes_(processes),
        loop_(loop),
        files_(files),
        messages_(messages),
        rules_(std::move(rules)) {}

  /// Runs the hook `name` ("pre"), if it has a text, and takes over what it exports. Returns the
  /// exit code to end with, 0 to go on. ECANCELED: told to stop.
  base::Result<int> run(const std::string& name, const std::string& text, Kind kind,
                        Environment& environment);

 private:
  base::Result<int> execute(const std::string& text, Kind kind, Environment& environment);
  [[nodiscard]] base::Command command(const std::string& text, const std::string& report,
                                      const Environment& environment) const;
  int failed(const std::string& name, int status);
  base::Result<int> notRun(const std::string& name, const base::Error& error,
                           const std::string& path);

  Processes& processes_;
  base::Loop& loop_;
  const Files& files_;
  const Messages& messages_;
  HookRules rules_;
  /// Programs left running by hooks may still write to these.
  std::vector<std::unique_ptr<Capture>> captures_;
};

}  // namespace mc::entry
