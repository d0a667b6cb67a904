#pragma once
// PMIx for the tasks of a shell (-o pmi=pmix): a program beside the shell, flux-pmix, loads the
// image's libpmix as its server (src/flux/pmix/main.cpp); this starts it, tells it of the job and
// carries what it has to say to the servers of the job's other nodes.
//
// They speak in lines. To the program: "name", "tmpdir", "hosts", "ranks", "host", "peers" (with a
// text), "size TASKS NODES NODE", "start", "fenced STATUS HEX", "wanted ID STATUS HEX",
// "give ID RANK". From it: "env RANK NAME=VALUE", "ready", "fence HEX", "want ID RANK",
// "modex ID STATUS HEX", "abort STATUS TEXT", "fail TEXT". STATUS is one of PMIx, data is
// hexadecimal.
//
// Thread-safety: none; lives on its handle's loop.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "flux/client/handle.hpp"
#include "flux/shell/pmi_exchange.hpp"
#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {

class PmixServer {
 public:
  struct Events {
    /// Tasks may start.
    std::function<void()> ready;
    /// A task has called PMIx_Abort(), or there is no PMIx.
    std::function<void(int exitCode, const std::string& message)> failed;
  };
  PmixServer(client::Handle& handle, base::ProcessRunner& runner, const Job& job,
             const std::string& service, Events events);
  ~PmixServer();

  /// Whether the job wants it (shell option `pmi`, a list of names, has "pmix").
  static bool isWanted(const Job& job);

  /// `tmpdir`: of the job, where the library keeps its socket. One of the events follows.
  void start(const std::string& tmpdir);

  /// Adds what a task needs to find the server.
  void addEnvironment(uint32_t rank, Environment& environment) const;

  /// Takes a request of another shell ("pmix-exchange", "pmix-modex").
  void handle(const broker::Request& request);

 private:
  base::Status spawn();
  void describe(const std::string& tmpdir);
  void read();
  void onLine(std::string_view line);
  void onVariable(std::string_view text);
  void exchange(std::string_view data);
  void onExchanged(const base::Result<PmiPairs>& all);
  void fetch(std::string_view text);
  void answerModex(std::string_view text);
  void say(const std::string& line);
  void fail(int exitCode, const std::string& message);

  client::Handle& handle_;
  base::ProcessRunner& runner_;
  const Job& job_;
  const std::string& service_;
  Events events_;
  PmiExchange exchange_;
  base::Fd fd_;
  base::Watch readable_;
  base::Watch child_;
  std::string in_;
  bool ended_ = false;
  std::map<uint32_t, Environment> variables_;  ///< by rank
  std::map<uint64_t, broker::Request> asked_;  ///< for the data of our tasks
  uint64_t lastAsked_ = 0;
  std::map<std::string, client::Watch> fetches_;
};

}  // namespace mc::flux::shell
