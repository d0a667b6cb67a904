#pragma once
// A pseudo-terminal that a task runs on, and the clients that have attached to it (`flux job
// attach`, `flux alloc`).
//
// A client's attach is a streaming request {"type":"attach","mode":"rw","winsize":{"rows","cols"}};
// it is answered {"type":"attach"}, then {"type":"data","data"} for what the task writes, last
// {"type":"exit","message","status"} and ENODATA. Requests of types "data", "resize" and "detach"
// come beside it. This is flux-core's terminus protocol.
//
// Thread-safety: none; lives on its loop.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/loop.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::shell {

class Terminal {
 public:
  struct Events {
    std::function<void(std::string bytes)> output;
    /// Nothing more will come: all that had the terminal open have closed it.
    std::function<void()> closed;
  };

  /// With `waitForClient` nothing is read before somebody has attached, so that no output is
  /// missed; the task comes to its end only then.
  static base::Result<std::unique_ptr<Terminal>> open(base::Loop& loop, bool waitForClient);

  /// The task's side, for its standard streams; the caller closes its own copy after the start.
  [[nodiscard]] base::Result<base::Fd> taskSide() const;

  /// Starts reading; call it when the task has been started.
  void start(Events events);
  /// The task has ended: the clients are told with what wait status.
  void exited(int waitStatus);
  /// Nobody shall be waited for any more.
  void abandon();
  /// Stops or resumes reading.
  void pause(bool paused);

  /// Queues input for the task.
  void write(std::string_view bytes);
  [[nodiscard]] size_t backlog() const { return input_.size(); }
  [[nodiscard]] bool closed() const { return !master_; }

  /// A client's request.
  void handle(const broker::Request& request);
  /// Drops what the client `sender` has here.
  void disconnect(const std::string& sender);

 private:
  Terminal(base::Loop& loop, base::Fd master, bool waiting)
      : loop_(loop), master_(std::move(master)), waiting_(waiting) {}
  void attach(const broker::Request& request, const boost::json::object& payload);
  void resize(const boost::json::object& payload);
  void watch();
  void read();
  void sendData(std::string_view bytes) const;
  void writeSome();
  void close();

  base::Loop& loop_;
  base::Fd master_;
  bool waiting_;
  bool paused_ = false;
  bool started_ = false;
  int waitStatus_ = 0;
  Events events_;
  std::vector<broker::Request> clients_;
  std::string input_;
  base::Watch readable_;
  base::Watch writable_;
};

}  // namespace mc::flux::shell
