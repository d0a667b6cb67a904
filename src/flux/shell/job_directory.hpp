#pragma once
// FLUX_JOB_TMPDIR: a directory of the job's own on this node, gone with all that is in it when the
// shell ends.
//
// Removing a directory can take longer than a short job runs: ext4 that discards what it frees
// waits for the disk. So a directory that the job left empty is not removed but renamed, and the
// next job gets it under its own name. The broker's run directory, where all this is, goes with the
// broker.
//
// Thread-safety: none; shells that run side by side don't get in each other's way.

#include <string>

#include "base/status.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::shell {

class JobDirectory {
 public:
  /// So many directories are kept for later jobs, at most.
  static constexpr int kSpares = 8;

  JobDirectory() = default;
  ~JobDirectory() { release(); }
  JobDirectory(const JobDirectory&) = delete;
  JobDirectory& operator=(const JobDirectory&) = delete;

  /// Makes the directory in `rundir`; one that is there already is taken over. Called once.
  base::Status make(const std::string& rundir, uint32_t shellRank, formats::JobId id);
  /// Empty: it was not made.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void release();
  [[nodiscard]] bool takeSpare() const;
  [[nodiscard]] bool becomeSpare() const;
  [[nodiscard]] std::string spare(int i) const;

  std::string rundir_;
  std::string path_;
};

}  // namespace mc::flux::shell
