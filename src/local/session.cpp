#include "local/session.hpp"

#include "base/clock.hpp"
#include "base/relay.hpp"
#include "local/docker/containers.hpp"
#include "local/docker/exec.hpp"
#include "local/docker/frames.hpp"
#include "local/docker/json.hpp"
#include "local/docker/system.hpp"

namespace mc::local {

namespace {

using docker::FrameStream;

/// The part that exec and attach share: the connection and its bytes.
class ConnectedSession : public Session {
 public:
  ConnectedSession(docker::Client& client, docker::Upgraded connection, bool raw, int stdinFd)
      : client_(client), connection_(std::move(connection)), raw_(raw), stdinFd_(stdinFd) {}

  base::Result<int> run(const OutputSink& sink, std::stop_token stop) final {
    docker::FrameReader frames(raw_, [&](FrameStream stream, std::string_view bytes) {
      return sink(stream == FrameStream::Out ? Stream::Out : Stream::Err, bytes);
    });
    MC_TRY(frames.feed(connection_.received));
    const auto take = [&](std::string_view bytes) { return frames.feed(bytes); };
    MC_TRY(base::relay(connection_.fd.get(), stdinFd_, take, stop));
    return exitStatus(stop);
  }

 protected:
  virtual base::Result<int> exitStatus(const std::stop_token& stop) = 0;

  docker::Client& client_;

 private:
  docker::Upgraded connection_;
  bool raw_;
  int stdinFd_;
};

class ExecSession final : public ConnectedSession {
 public:
  ExecSession(docker::Client& client, docker::Upgraded connection, const ExecRequest& request,
              std::string exec, double startedAt)
      : ConnectedSession(client, std::move(connection), request.tty, request.stdinFd),
        exec_(std::move(exec)),
        startedAt_(startedAt) {}

  base::Status resize(TerminalSize size) override {
    return docker::resizeExec(client_, exec_, size.rows, size.columns, {});
  }

 protected:
  base::Result<int> exitStatus(const std::stop_token& stop) override {
    MC_TRY_ASSIGN(std::optional<int> status, docker::execStatus(client_, exec_, stop));
    if (status) return *status;
    // The output may end a moment before the command does.
    MC_TRY_ASSIGN(auto events, docker::EventStream::open(client_, startedAt_, stop));
    while (!status) {
      MC_TRY_ASSIGN(const auto event, events.next());
      const auto& attributes = docker::objectOf(docker::objectOf(event, "Actor"), "Attributes");
      if (docker::textOf(event, "Action") != "exec_die") continue;
      if (docker::textOf(attributes, "execID") != exec_) continue;
      MC_TRY_ASSIGN(status, docker::execStatus(client_, exec_, stop));
    }
    return *status;
  }

 private:
  std::string exec_;
  double startedAt_;
};

class AttachSession final : public ConnectedSession {
 public:
  AttachSession(docker::Client& client, docker::Upgraded connection, bool raw, int stdinFd,
                std::string container)
      : ConnectedSession(client, std::move(connection), raw, stdinFd),
        container_(std::move(container)) {}

  base::Status resize(TerminalSize size) override {
    return docker::resizeContainer(client_, container_, size.rows, size.columns, {});
  }

 protected:
  base::Result<int> exitStatus(const std::stop_token& stop) override {
    return docker::waitContainer(client_, container_, stop);
  }

 private:
  std::string container_;
};

/// A new terminal has no size until it is told one.
base::Status setSize(Session& session, const ExecRequest& request) {
  if (!request.tty || !request.size) return {};
  return session.resize(*request.size);
}

}  // namespace

base::Result<std::unique_ptr<Session>> openExec(docker::Client& client,
                                                const std::string& container,
                                                const ExecRequest& request,
                                                const std::stop_token& stop) {
  const double now = base::SystemClock().wall();
  MC_TRY_ASSIGN(const std::string exec,
                docker::createExec(client, container,
                                   {request.argv, request.tty, request.stdinFd >= 0}, stop));
  MC_TRY_ASSIGN(docker::Upgraded connection, docker::startExec(client, exec, request.tty, stop));
  auto session = std::make_unique<ExecSession>(client, std::move(connection), request, exec, now);
  // A command that has ended already has no terminal to resize.
  (void)setSize(*session, request);
  return std::unique_ptr<Session>(std::move(session));
}

base::Result<std::unique_ptr<Session>> openAttach(docker::Client& client,
                                                  const std::string& container,
                                                  const ExecRequest& request,
                                                  const std::stop_token& stop) {
  MC_TRY_ASSIGN(const auto inspected, docker::inspectContainer(client, container, stop));
  const bool raw = docker::flagOf(docker::objectOf(inspected, "Config"), "Tty");
  MC_TRY_ASSIGN(docker::Upgraded connection,
                docker::attachContainer(client, container, request.stdinFd >= 0, stop));
  return std::unique_ptr<Session>(std::make_unique<AttachSession>(client, std::move(connection),
                                                                  raw, request.stdinFd, container));
}

base::Result<int> runHook(docker::Client& client, const std::string& container,
                          const std::string& text, const std::stop_token& stop) {
  return runCommand(client, container, {"/bin/sh", "-c", text}, stop);
}

base::Result<int> runCommand(docker::Client& client, const std::string& container,
                             const std::vector<std::string>& argv, const std::stop_token& stop) {
  ExecRequest request;
  request.argv = argv;
  MC_TRY_ASSIGN(const auto session, openExec(client, container, request, stop));
  return session->run([](Stream, std::string_view) { return base::Status(); }, stop);
}

}  // namespace mc::local
