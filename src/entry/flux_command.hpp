#pragma once
// Command lines of Flux: words, never a text for a shell, so that the manifest's command arrives as
// it was written.
//
// Sources: flux-start(1), flux-broker(1), flux-submit(1), flux-job(1), flux-R(1).
// Thread-safety: pure functions.

#include <string>
#include <vector>

#include "entry/flux_program.hpp"
#include "entry/settings.hpp"

namespace mc::entry {

/// What the command lines take from the container.
struct FluxContext {
  std::string flux = "flux";  ///< path of the program
  std::string self;           ///< path of this one
  bool restore = false;       ///< Settings::archivePath is there
  std::string journal = {};   ///< where the initial program's times go; empty: nowhere
};

/// The broker of pod 0, with the job as its initial program.
std::vector<std::string> leadCommand(const Settings& settings, const FluxContext& context);

/// The broker of any other pod.
std::vector<std::string> followerCommand(const Settings& settings, const FluxContext& context);

/// Prints R for all hosts: with the cores given by hand, or with what this node has.
std::vector<std::string> resourcesCommand(const Settings& settings, const FluxContext& context);

/// The text of Paths::script. A batch's lines become jobs whose output goes to
/// batchLogs/job-N.out and .err; all are waited for, and one that fails makes the batch fail.
std::string scriptText(const Settings& settings);

}  // namespace mc::entry
