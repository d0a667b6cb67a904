#pragma once
// Running a command on many brokers at once with the subprocess protocol (RFC 42); what `flux exec`
// does.
//
// Thread-safety: none.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "flux/client/handle.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/line_labels.hpp"

namespace mc::flux::commands {

class Exec {
 public:
  struct Options {
    std::vector<std::string> command;
    std::string directory;
    formats::Idset ranks;
    bool labels = false;
    bool noInput = false;
    bool quiet = false;
    bool verbose = false;
    bool background = false;  ///< prints "RANK: PID" of each and leaves them to the brokers
    bool carriesBytes =
        false;              ///< passes output on as it comes, leaves signals and failure() alone
    bool waitable = false;  ///< with `background`: the broker keeps the exit status
    std::string label;      ///< another name for the process; empty: none
  };
  Exec(client::Handle& handle, Options options);

  /// Runs the loop until all processes have ended; returns the largest exit code, 128 + signal for
  /// a process that died of one.
  int run();
  /// Why the last process that could not be started was not.
  [[nodiscard]] const std::optional<base::Error>& failure() const { return failure_; }

 private:
  struct Process {
    uint32_t rank = 0;
    uint32_t matchtag = 0;
    int64_t pid = -1;
    bool over = false;
    size_t credit = 0;   ///< bytes of input the broker will take
    std::string queued;  ///< input that waits for credit
    bool inputEnded = false;
    client::Watch rpc;
  };

  void start(Process& process);
  void onAnswer(Process& process, const client::Answer& answer);
  void onStarted(Process& process, const client::Answer& answer);
  void onOver(Process& process);
  void onFinished(Process& process, int waitStatus);
  void onFailed(Process& process, const base::Error& error);
  void onCredit(Process& process, const boost::json::object& answer);
  void printOutput(const boost::json::object& answer);
  void watchInput();
  void readInput();
  void sendInput(Process& process);
  void writeTo(Process& process, std::string data, bool eof);
  void takeSignals();
  void signalAll(int number);
  void reportExits() const;
  void trace(const std::string& text) const;

  client::Handle& handle_;
  Options options_;
  boost::json::object command_;
  std::deque<Process> processes_;
  size_t running_ = 0;
  int status_ = 0;
  bool interrupted_ = false;
  bool inputEnded_ = false;
  std::optional<base::Error> failure_;
  std::map<int, formats::Idset> failures_;  ///< exit code -> ranks; negative: signals
  formats::LineLabels labels_;
  base::Watch input_;
  std::vector<base::Watch> signals_;
  std::vector<client::Watch> kills_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace mc::flux::commands
