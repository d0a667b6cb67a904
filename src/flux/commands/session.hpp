#pragma once
// What every command does: print, complain, spell job ids, reach the broker.
//
// Thread-safety: none.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/status.hpp"
#include "flux/client/handle.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::commands {

/// Writes to standard output; buffered until the command ends.
void print(std::string_view text);
/// Writes one line to standard error, behind what was printed before.
void complain(std::string_view line);
void flushOutput();

// Errors in the words of Flux's commands; all return the exit status 1.
int failAs(std::string_view program, std::string_view message);  ///< "flux-job: MESSAGE"
int failPython(std::string_view program,
               std::string_view message);  ///< "flux-jobs: ERROR: MESSAGE"

/// Whether LC_ALL, LC_CTYPE or LANG (the first one set) says UTF-8.
bool isUtf8Locale();
/// "ƒ6q87CkP", or "f6q87CkP" where the locale is not UTF-8 or FLUX_F58_FORCE_ASCII is set.
std::string jobIdText(formats::JobId id);

/// A loop and a connection to the broker.
struct Session {
  std::unique_ptr<base::Loop> loop;
  std::unique_ptr<client::Handle> handle;  ///< goes before its loop

  /// Connects to $FLUX_URI or the system instance.
  static base::Result<Session> open();

  client::Handle* operator->() const { return handle.get(); }

  /// call() with a limit in seconds (infinity: none); ETIMEDOUT when no answer came in that time.
  [[nodiscard]] client::Answer callFor(std::string_view topic, const boost::json::object& payload,
                                       uint32_t nodeid, double seconds) const;
  /// The same with the first answer that is an error or has an object that `wanted` takes, where
  /// more may come.
  [[nodiscard]] client::Answer streamFor(
      std::string_view topic, const boost::json::object& payload, uint32_t nodeid, double seconds,
      const std::function<bool(const boost::json::object&)>& wanted) const;

 private:
  [[nodiscard]] client::Answer awaitFor(
      std::string_view topic, const boost::json::object& payload, const client::RpcOptions& options,
      double seconds, const std::function<bool(const boost::json::object&)>& wanted) const;
};

/// What a command in Python says where there is no broker: "Unable to connect to Flux: ...".
std::string connectFailure(const base::Error& error);
/// What a command in C says: "flux_open: No such file or directory".
std::string openFailure(const base::Error& error);

/// "[Errno 22] TEXT", as Python prints an OSError.
std::string pythonError(const base::Error& error);

/// The name of a user, or the number where there is none.
std::string userName(uint32_t uid);
/// The number of a user of /etc/passwd.
std::optional<uint32_t> userNumber(std::string_view name);

}  // namespace mc::flux::commands
