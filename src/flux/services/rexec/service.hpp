#pragma once
// The service "rexec": runs processes on this broker's host for its clients (subprocess server
// protocol, RFC 42): exec, write, kill, list, wait.
//
// Only the instance owner may use it. A process of a streaming request ends with its client; one of
// a plain request runs in the background, and its output goes to the log.
//
// Beyond RFC 42, "write" may name its process by "label" as "kill" does, for services of the
// broker, which do not see the matchtags of their own RPCs.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/process.hpp"
#include "flux/broker/service.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/rexec/process.hpp"

namespace mc::flux::services {

class Rexec final : public broker::Service {
 public:
  Rexec(broker::Host& host, base::ProcessRunner& runner);
  ~Rexec() override;
  [[nodiscard]] std::string name() const override { return "rexec"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

  /// Starts no more processes, ends those that run (SIGTERM, after `grace` SIGKILL), and calls back
  /// when none is left.
  void shutDown(std::chrono::milliseconds grace, std::function<void()> done);
  /// The number of processes that run.
  [[nodiscard]] size_t running() const;

 private:
  using Payload = boost::json::object;
  using Id = uint64_t;
  /// A process and who is to hear of it.
  struct Entry {
    std::optional<broker::Request> client;  ///< of a process in the foreground
    std::optional<broker::Request> waiter;
    rexec::ExecCommand command;
    int64_t flags = 0;
    bool background = false;
    bool waitable = false;
    std::unique_ptr<rexec::Process> process;
  };

  base::Status exec(const broker::Request& request, const Payload& payload);
  base::Status checkNew(const Entry& entry, int64_t localFlags) const;
  base::Status start(const broker::Request& request, Entry entry, int64_t localFlags);
  [[nodiscard]] std::map<std::string, std::string> environmentOf(
      const rexec::ExecCommand& command) const;
  rexec::Process::Handlers handlersOf(Id id);
  static void sendCredit(const Entry& entry, const std::string& stream, size_t bytes);
  void onOutput(Entry& entry, const std::string& stream, const std::string& data, bool eof);
  void logOutput(const Entry& entry, const std::string& stream, const std::string& data);
  void onExited(Entry& entry, int status);
  void onDone(Id id);
  void answerWaiter(Entry& entry);

  base::Status write(const broker::Request& request, const Payload& payload);
  base::Status kill(const broker::Request& request, const Payload& payload);
  base::Status list(const broker::Request& request);
  base::Status wait(const broker::Request& request, const Payload& payload);
  base::Result<Entry*> find(const Payload& payload);
  Entry* findByLabel(const std::string& label);
  Entry* findByClient(const broker::Request& request, int64_t matchtag);
  void checkAllGone();

  broker::Host& host_;
  base::ProcessRunner& runner_;
  Methods methods_;
  std::map<Id, Entry> entries_;
  Id nextId_ = 1;
  std::function<void()> allGone_;
  base::Watch grace_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace mc::flux::services
