#pragma once
// Standard input of a job: the shell's `stdin` service, and where its data goes.
//
// `flux job attach` sends input to the leader shell; the leader gives it to its own tasks and
// passes it on to the other shells. An answer comes when there is room for more, so that a fast
// sender waits for slow tasks.
//
// Thread-safety: none.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "flux/broker/service.hpp"
#include "flux/shell/event_sink.hpp"
#include "flux/shell/job.hpp"
#include "flux/shell/task.hpp"

namespace mc::flux::shell {

class Input {
 public:
  using Tasks = std::vector<std::unique_ptr<Task>>;
  /// `log`: where the leader notes the input; null in other shells. All outlive this.
  Input(client::Handle& handle, const Job& job, const std::string& service, const Tasks& tasks,
        EventSink* log);

  /// Answers a `stdin` request; its payload is one piece of input for some or all task ranks.
  void handle(const broker::Request& request);
  /// The tasks have taken input: waiting senders may go on.
  void progress();

 private:
  void deliver(const formats::IoData& io, const formats::Idset& ranks);
  void forward(const formats::IoData& io, const formats::Idset& ranks);
  void note(const formats::IoData& io);
  [[nodiscard]] size_t backlog() const;

  client::Handle& handle_;
  const Job& job_;
  const std::string& service_;
  const Tasks& tasks_;
  EventSink* log_;
  bool headerWritten_ = false;
  std::vector<broker::Request> waiting_;
  size_t forwarded_ = 0;  ///< bytes on their way to other shells
  std::vector<client::Watch> rpcs_;
};

}  // namespace mc::flux::shell
