#pragma once
// The process-management interface for the tasks of a shell: PMI-1 on a socket that each task
// inherits (RFC 13), with which MPI and nested Flux instances find their peers.
//
// Thread-safety: none; lives on its handle's loop.

#include <functional>
#include <list>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "flux/client/handle.hpp"
#include "flux/shell/pmi_exchange.hpp"
#include "flux/shell/pmi_message.hpp"
#include "flux/shell/task_environment.hpp"

namespace mc::flux::shell {

class PmiServer {
 public:
  /// `abort` is called when a task calls PMI_Abort(), or breaks the protocol.
  using Abort = std::function<void(int exitCode, const std::string& message)>;
  PmiServer(client::Handle& handle, const Job& job, const std::string& service, Abort abort);

  /// Whether the job wants PMI (shell option `pmi`, a list of names, of which "simple", "pmi1" and
  /// "pmi2" are this one; "off": no PMI at all).
  static bool isWanted(const Job& job);

  /// Makes the connection of a task that is about to start: its end of it, to be inherited, which
  /// `environment` names.
  base::Result<base::Fd> connect(uint32_t rank, Environment& environment);

  /// Takes a request of another shell ("pmi-exchange").
  void handle(const broker::Request& request) { exchange_.handle(request); }

 private:
  struct Client {
    uint32_t rank;
    base::Fd fd;
    base::Watch watch;
    std::string in;
    bool inBarrier = false;
    bool spawning = false;  ///< between mcmd=spawn and endcmd
    // What it has done since its last barrier (see leaveEarly()).
    bool isMpich = false;  ///< ever: it has asked for what only MPICH's family asks for
    bool hasPut = false;
    bool hasRead = false;  ///< what another task has put
    base::Watch patience;
    bool leftEarly = false;  ///< the barrier that it is in
  };

  void read(Client& client);
  void onLine(Client& client, std::string_view line);
  void onCommand(Client& client, std::string_view command, const PmiMessage& message);
  void init(Client& client, const PmiMessage& message);
  void put(Client& client, const PmiMessage& message);
  void get(Client& client, const PmiMessage& message);
  void getInstanceLevel(Client& client);
  void enterBarrier(Client& client);
  void leaveBarrier(const base::Result<PmiPairs>& all);
  void leaveEarly(Client& client);
  void abortJob(Client& client, const PmiMessage& message);
  void reply(Client& client, const std::string& line);
  void replyValue(Client& client, const std::string& value);
  void violate(Client& client, const std::string& what);

  client::Handle& handle_;
  const Job& job_;
  Abort abort_;
  PmiExchange exchange_;
  std::string kvsName_;
  PmiPairs store_;    ///< what can be got
  PmiPairs pending_;  ///< what has been put since the last barrier
  uint32_t inBarrier_ = 0;
  std::list<Client> clients_;
  std::vector<client::Watch> rpcs_;
};

}  // namespace mc::flux::shell
