#pragma once
// Commands in containers and their main processes, connected to our input and output, over
// WebSockets.
//
// Protocol: v5.channel.k8s.io, or v4.channel.k8s.io of API servers before 1.29, which has no way to
// tell a command that its input has ended. Each message begins with its channel's number. Source:
// KEP-4006 and the API server's remote command subprotocols.
//
// Thread-safety: as http::WebSocket: one thread calls run(), any thread resize().

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "kube/object.hpp"
#include "kube/session.hpp"

namespace mc::kube {

enum class OutputStream { Out, Err };

/// Takes output as it comes. A failure ends run() with that failure.
using OutputSink = std::function<base::Status(OutputStream, std::string_view)>;

struct TerminalSize {
  uint16_t rows = 0;
  uint16_t columns = 0;
};

struct CommandOptions {
  std::string container;          ///< empty: the pod's default one
  std::vector<std::string> argv;  ///< of exec; attach has none
  bool tty = false;               ///< everything comes as OutputStream::Out then
  int stdinFd = -1;               ///< read until its end and passed on; -1: no stdin
  std::optional<TerminalSize> size;
};

class RemoteCommand {
 public:
  /// Starts a command. NotFound, Forbidden, BadRequest (no such container) ...
  static Result<std::unique_ptr<RemoteCommand>> exec(Session& session, const ObjectKey& pod,
                                                     const CommandOptions& options,
                                                     const std::stop_token& stop);
  /// Connects to a container's main process; `tty` and stdin must be what the container has.
  static Result<std::unique_ptr<RemoteCommand>> attach(Session& session, const ObjectKey& pod,
                                                       const CommandOptions& options,
                                                       const std::stop_token& stop);

  RemoteCommand(std::unique_ptr<http::WebSocket> socket, int stdinFd);

  /// Carries input and output until the command ends; its exit status (of attach: 0). ECANCELED
  /// after a stop, EIO if the connection breaks before the end is told, the API server's errors
  /// (e.g. a command that can't be started).
  base::Result<int> run(const OutputSink& sink, const std::stop_token& stop);

  /// Also while run() is at work.
  base::Status resize(TerminalSize size);

 private:
  base::Status take(uint8_t channel, std::string_view data, const OutputSink& sink);
  void endInput();

  std::unique_ptr<http::WebSocket> socket_;
  int stdinFd_;
  std::string status_;  ///< JSON of the Status object, as far as it has come
};

/// The exit status that a Status object of the error channel tells: 0 for Success, the code of a
/// NonZeroExitCode; an error for everything else. Source: the API server's remotecommand constants.
base::Result<int> exitStatusOf(std::string_view statusJson);

}  // namespace mc::kube
