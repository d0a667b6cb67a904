#pragma once
// Submitting many jobs over one connection and staying with them: what `flux submit` and
// `flux bulksubmit` share.
//
// Thread-safety: none.

#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "flux/commands/job_options.hpp"
#include "flux/commands/job_waiter.hpp"
#include "flux/commands/progress.hpp"

namespace mc::flux::commands {

/// One job of many: its options and command, and which copy of --cc it is.
struct Submission {
  Parsed parsed;
  std::string copy;           ///< what {cc} stands for; empty without --cc and --bcc
  bool setsVariable = false;  ///< --cc: FLUX_JOB_CC is set to `copy`
  /// All submissions are the same but for FLUX_JOB_CC: the job is built once.
  bool alike = false;
};

/// Where the jobs come from: made one by one, as 100,000 of them need not wait in memory.
struct Submissions {
  size_t count = 0;
  std::function<Submission(size_t index)> at;
};

/// --cc, --bcc, --quiet, --log, --log-stderr, --wait, --wait-event, --watch, --progress, --jps.
std::span<const Option> copyOptions();

/// The ids of --cc or --bcc; a single empty one without them. EINVAL for a bad idset.
base::Result<std::vector<std::string>> copiesOf(const Parsed& parsed);

class Submitter {
 public:
  /// `common` are the options that hold for all jobs; used as long as this lives.
  Submitter(client::Handle& handle, std::string program, const Parsed& common,
            Submissions submissions);
  ~Submitter();
  Submitter(const Submitter&) = delete;
  Submitter& operator=(const Submitter&) = delete;

  /// Submits all, waits where the options ask for it; the command's exit status.
  int run();

 private:
  struct Pending {
    client::Watch rpc;
    JobOutput::Sinks sinks;
  };

  [[nodiscard]] bool done() const;
  void fill();
  void submitNext();
  void abandon(int status);
  base::Result<boost::json::object> makePayload(const Submission& submission);
  base::Result<JobOutput::Sinks> sinksOf(const Parsed& parsed);
  base::Result<FILE*> logFile(const std::string& path);
  void onAnswer(size_t index, const client::Answer& answer);
  void update();

  client::Handle& handle_;
  std::string program_;
  const Parsed& common_;
  Submissions submissions_;
  Environment environment_;
  std::optional<JobRequest> alike_;  ///< what submissions that are alike share
  bool waits_;
  bool lost_ = false;
  Progress progress_;
  JobWaiter waiter_;
  std::map<size_t, Pending> pending_;
  std::map<std::string, FILE*> logs_;
  size_t next_ = 0;
  size_t submitted_ = 0;
  int status_ = 0;
};

}  // namespace mc::flux::commands
