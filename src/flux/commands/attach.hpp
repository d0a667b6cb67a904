#pragma once
// Following one job: its output, its events, its standard input and its exit status; what `flux
// run` and `flux job attach` do.
//
// Thread-safety: none.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flux/client/handle.hpp"
#include "flux/client/job_watch.hpp"
#include "flux/commands/job_output.hpp"
#include "flux/commands/pty_client.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::commands {

struct AttachOptions {
  bool labels = false;
  bool readOnly = false;    ///< neither stdin nor signals go to the job
  bool showEvents = false;  ///< -E
  bool showExec = false;    ///< -X
  std::string stdinRanks = "all";
  std::string waitEvent = "finish";
  std::string name;  ///< the user's spelling of the job id, for messages
};

class Attach {
 public:
  Attach(client::Handle& handle, formats::JobId id, AttachOptions options);

  /// Runs the loop until the job is done or the user detaches; returns the exit status of the
  /// command.
  int run();

 private:
  void onEvent(const formats::Event& event);
  void onException(const formats::Event& event);
  void onFinish(const formats::Event& event);
  void onEventlogEnd(const base::Error& error);
  void watchExec();
  void onExecEvent(const formats::Event& event);
  void onShellInit(const boost::json::object& context);
  void attachTerminal(const std::string& name, bool captured);
  void watchOutput();
  void closeOtherInputs(const boost::json::object& context);
  void startInput();
  void readInput();
  void sendInput(std::string data, bool eof);
  void announceExit();
  void tellJobManager(std::string_view method, const boost::json::object& payload);
  void watchSignals();
  void onSignal(int number);
  void onInterrupt();
  void onSuspend();
  void checkDone();
  void stop(int status);
  void showEvent(const char* prefix, const formats::Event& event) const;

  client::Handle& handle_;
  formats::JobId id_;
  AttachOptions options_;
  JobOutput output_;
  double submitted_ = 0;       ///< when the job was submitted; times are shown since then
  std::optional<int> status_;  ///< of the job, once it has finished
  bool sawException_ = false;
  bool announced_ = false;
  bool stopped_ = false;
  int exitStatus_ = 0;
  std::string shellService_;
  uint32_t leaderRank_ = 0;
  uint32_t shells_ = 0;  ///< the job's nodes
  std::optional<std::chrono::steady_clock::time_point> interrupted_;

  std::unique_ptr<client::JobWatch> events_;
  std::unique_ptr<client::JobWatch> execEvents_;
  std::unique_ptr<client::JobWatch> outputEvents_;
  bool hasTerminal_ = false;  ///< input goes to the terminal
  std::unique_ptr<PtyClient> terminal_;
  base::Watch input_;
  client::Watch inputRpc_;
  std::vector<client::Watch> rpcs_;
  std::vector<base::Watch> signals_;
};

}  // namespace mc::flux::commands
