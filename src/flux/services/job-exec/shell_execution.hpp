#pragma once
// Runs a job's shells: one on each rank of its R, started through that broker's rexec service
// (RFC 42).
//
// A job of several shells starts with a barrier: each shell writes "enter" to its standard output;
// when all have, each reads "exit=0" from its standard input, or "exit=1" if one of them has ended
// before.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <map>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/job-exec/execution.hpp"

namespace mc::flux::services::exec {

class ShellExecution final : public Execution {
 public:
  /// `host` and `events` outlive the execution.
  ShellExecution(broker::Host& host, const manager::Job& job, ExecutionEvents& events);

  void start() override;
  void signal(int signal) override;
  [[nodiscard]] formats::Idset activeRanks() const override;

 private:
  struct Shell {
    std::string host;
    broker::Rpc rpc;
    int64_t pid = 0;  ///< 0: not started yet
    bool entered = false;
    bool ended = false;
    std::string line;  ///< of its output, as far as it has come
  };

  [[nodiscard]] boost::json::object command() const;
  void onAnswer(uint32_t rank, const broker::Answer& answer);
  void onMessage(uint32_t rank, Shell& shell, const boost::json::object& message);
  void onStarted(uint32_t rank, Shell& shell, int64_t pid);
  void onOutput(uint32_t rank, Shell& shell, const boost::json::object& object);
  void onLine(uint32_t rank, Shell& shell, std::string_view stream, std::string_view line);
  void onError(uint32_t rank, Shell& shell, const base::Error& error);
  void onExit(uint32_t rank, Shell& shell, int status);
  void raise(std::string note);
  void announceLoss(uint32_t rank);
  void shellEnded(uint32_t rank, Shell& shell, int status);
  void releaseBarrier(int exitCode);
  void sendSignal(uint32_t rank, const Shell& shell, int signal);

  broker::Host& host_;
  ExecutionEvents& events_;
  formats::JobId id_;
  std::string label_;
  std::map<uint32_t, Shell> shells_;
  size_t started_ = 0;
  size_t entered_ = 0;
  size_t ended_ = 0;
  bool barrierOver_;
  int pendingSignal_ = 0;
  int status_ = 0;
};

}  // namespace mc::flux::services::exec
