// Streams on kube's.

#include "kube/streams_command.hpp"
#include "kube/streams_forward.hpp"
#include "kube/streams_logs.hpp"
#include "remote/explain.hpp"
#include "remote/streams.hpp"

namespace mc::remote {

namespace {

kube::LogOptions logOptions(const Place& place, const engine::LogOptions& options) {
  return {.container = place.container,
          .follow = options.follow,
          .timestamps = options.timestamps,
          .previous = options.previous,
          .tailLines = options.tail,
          .since = options.since};
}

kube::CommandOptions commandOptions(const Place& place, const engine::ExecRequest& request) {
  kube::CommandOptions options{.container = place.container,
                               .argv = request.argv,
                               .tty = request.tty,
                               .stdinFd = request.stdinFd,
                               .size = {}};
  if (request.size) options.size = {request.size->rows, request.size->columns};
  return options;
}

class KubeSession final : public engine::Session {
 public:
  explicit KubeSession(std::unique_ptr<kube::RemoteCommand> command)
      : command_(std::move(command)) {}

  base::Result<int> run(const engine::OutputSink& sink, std::stop_token stop) override {
    const auto pass = [&](kube::OutputStream stream, std::string_view bytes) {
      return sink(stream == kube::OutputStream::Out ? engine::Stream::Out : engine::Stream::Err,
                  bytes);
    };
    return command_->run(pass, stop);
  }

  base::Status resize(engine::TerminalSize size) override {
    return command_->resize({size.rows, size.columns});
  }

 private:
  std::unique_ptr<kube::RemoteCommand> command_;
};

base::Result<std::unique_ptr<engine::Session>> sessionOf(
    kube::Result<std::unique_ptr<kube::RemoteCommand>> command) {
  if (!command) return base::pass(explained(command.error()));
  return std::unique_ptr<engine::Session>(std::make_unique<KubeSession>(std::move(*command)));
}

class KubeStreams final : public Streams {
 public:
  explicit KubeStreams(kube::Session& session) : session_(session) {}

  base::Status logs(const Place& place, const engine::LogOptions& options, const LogSink& sink,
                    const std::stop_token& stop) override {
    auto log = kube::openLogs(session_, place.pod, logOptions(place, options), stop);
    if (!log) return base::pass(explained(log.error()));
    for (;;) {
      const auto piece = log->read();
      if (!piece) return base::pass(explained(kube::Error(piece.error())));
      if (piece->empty()) return {};
      MC_TRY(sink(*piece));
    }
  }

  base::Result<std::unique_ptr<engine::Session>> exec(const Place& place,
                                                      const engine::ExecRequest& request,
                                                      const std::stop_token& stop) override {
    return sessionOf(
        kube::RemoteCommand::exec(session_, place.pod, commandOptions(place, request), stop));
  }

  base::Result<std::unique_ptr<engine::Session>> attach(const Place& place,
                                                        const engine::ExecRequest& request,
                                                        const std::stop_token& stop) override {
    return sessionOf(
        kube::RemoteCommand::attach(session_, place.pod, commandOptions(place, request), stop));
  }

  base::Status forward(const kube::ObjectKey& pod, uint16_t port, const base::Fd& local,
                       const std::stop_token& stop) override {
    return kube::forwardConnection(session_, pod, port, local, stop);
  }

 private:
  kube::Session& session_;
};

}  // namespace

std::unique_ptr<Streams> makeStreams(kube::Session& session) {
  return std::make_unique<KubeStreams>(session);
}

}  // namespace mc::remote
