#pragma once
// The job shell: runs one node's part of a job as the job's owner.
//
// The execution service starts `flux shell JOBID` on each node of the job. A shell gets the jobspec
// and R, starts its tasks and carries their input and output. The shell on the job's first node is
// the leader: it writes the job's logs (RFC 24) and files and answers `flux job attach`; the others
// hand it what they have.
//
// Thread-safety: none; lives on its handle's loop.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/process.hpp"
#include "flux/client/handle.hpp"
#include "flux/shell/barrier.hpp"
#include "flux/shell/doom.hpp"
#include "flux/shell/event_sink.hpp"
#include "flux/shell/input.hpp"
#include "flux/shell/job.hpp"
#include "flux/shell/job_directory.hpp"
#include "flux/shell/output.hpp"
#include "flux/shell/pmi_server.hpp"
#include "flux/shell/pmix_server.hpp"
#include "flux/shell/task.hpp"
#include "flux/shell/task_environment.hpp"
#include "flux/shell/task_launcher.hpp"
#include "flux/shell/warning_signal.hpp"

namespace mc::flux::shell {

class Shell {
 public:
  struct Setting {
    formats::JobId id = 0;
    std::string uri;  ///< of the broker
    std::string kvsNamespace;
    std::string rundir;  ///< where the job's temporary directory is made
    std::string idPath;  ///< of the job that the instance is; empty where it is none
    bool barrier = false;
  };

  Shell(client::Handle& handle, base::ProcessRunner& runner, Setting setting);

  /// Runs the loop until the job's part here is over; returns the exit status of the shell: the
  /// largest of its tasks, 128 + signal where one died of it, 126 or 127 where one did not start.
  int run();

 private:
  // In the order in which they happen.
  void requestJob();
  void onLookup(const client::Answer& answer);
  void onRank(const client::Answer& answer);
  void begin();
  void registerService();
  void handleSignals();
  base::Status readOptions();
  void setUpOutput();
  void setUpTasks();
  void enterBarrier();
  void onPmixFailed(int exitCode, const std::string& message);
  void startTasks();
  void onTaskOutput(const formats::IoData& io);
  void onTaskExit(uint32_t localId, int waitStatus);
  void onProgress();
  void checkDone();
  void finish(int status);

  void onEvent(const wire::Message& message);
  void onRequest(const broker::Request& request);
  void onEntries(const broker::Request& request);
  void onTerminal(const broker::Request& request, std::string_view index);
  void onDisconnect(const std::string& sender);
  void onEntry(const LogEntry& entry);
  void signalTasks(int number);
  void enterDirectory();
  void makeTmpdir();
  void log(Severity severity, const std::string& message);
  void fail(int status, const std::string& message);
  void raise(const std::string& note);
  [[nodiscard]] boost::json::object exception(const std::string& note) const;
  [[nodiscard]] bool localDone() const;
  [[nodiscard]] bool remoteDone() const;

  client::Handle& handle_;
  base::ProcessRunner& runner_;
  Setting setting_;
  std::string jobspecText_;
  std::string resourcesText_;
  std::optional<uint32_t> brokerRank_;
  std::optional<Job> job_;
  std::string service_;
  JobDirectory tmpdir_;
  Environment environment_;
  TaskLauncher::Options options_;

  std::unique_ptr<EventSink> sink_;
  std::unique_ptr<Output> output_;          ///< leader only
  std::unique_ptr<Doom> doom_;              ///< leader only
  std::unique_ptr<WarningSignal> warning_;  ///< leader only
  std::vector<std::unique_ptr<Task>> tasks_;
  std::unique_ptr<Input> input_;
  std::unique_ptr<PmiServer> pmi_;    ///< null: the job does not want it
  std::unique_ptr<PmixServer> pmix_;  ///< likewise
  Barrier barrier_;

  formats::Idset shellsDone_;  ///< others that have told the leader so, or are lost
  bool reachable_ = false;     ///< our service is registered
  bool prepared_ = false;      ///< tasks may start once all shells are so far
  bool started_ = false;
  bool toldLeader_ = false;
  bool failed_ = false;
  bool raising_ = false;
  std::optional<std::string> raiseNext_;
  bool terminated_ = false;  ///< the job is being ended from outside
  bool stopped_ = false;
  int status_ = 0;
  std::vector<client::Watch> registrations_;
  std::vector<base::Watch> signals_;
  base::Watch opening_;
  base::Watch grace_;
  client::Watch raiseRpc_;
};

}  // namespace mc::flux::shell
