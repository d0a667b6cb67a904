#include "kube/streams_command.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "http/uri.hpp"
#include "kube/json.hpp"
#include "kube/resource.hpp"
#include "kube/streams_relay.hpp"

namespace mc::kube {

namespace {

constexpr uint8_t kStdin = 0;
constexpr uint8_t kStdout = 1;
constexpr uint8_t kStderr = 2;
constexpr uint8_t kStatus = 3;
constexpr uint8_t kResize = 4;
/// v5 only: its one byte names the channel that ends.
constexpr uint8_t kClose = 255;

constexpr const char* kNewest = "v5.channel.k8s.io";
constexpr const char* kOlder = "v4.channel.k8s.io";

constexpr size_t kStatusLimit = 1u << 20;

http::Query queryOf(const CommandOptions& options) {
  http::Query query;
  for (const std::string& word : options.argv) query.emplace_back("command", word);
  if (!options.container.empty()) query.emplace_back("container", options.container);
  if (options.stdinFd >= 0) query.emplace_back("stdin", "true");
  query.emplace_back("stdout", "true");
  // A terminal has one output only.
  query.emplace_back(options.tty ? "tty" : "stderr", "true");
  return query;
}

Result<std::unique_ptr<RemoteCommand>> open(Session& session, const std::string& path,
                                            const CommandOptions& options,
                                            const std::stop_token& stop) {
  http::Request request;
  // The handshake is a GET, but one that starts something: it must not be repeated blindly.
  request.method = "POST";
  request.target = http::withQuery(path, queryOf(options));
  MC_TRY_ASSIGN(auto socket, session.webSocket(request, {kNewest, kOlder}, {.stop = stop}));
  auto command = std::make_unique<RemoteCommand>(std::move(socket), options.stdinFd);
  // A command that has ended already has no terminal to resize.
  if (options.tty && options.size) (void)command->resize(*options.size);
  return command;
}

/// The code among the causes of a NonZeroExitCode.
std::optional<int> exitCodeOf(const Object& status) {
  const boost::json::array* causes = findArray(status, {"details", "causes"});
  if (causes == nullptr) return std::nullopt;
  for (const boost::json::value& cause : *causes) {
    if (!cause.is_object() || findText(cause.get_object(), {"reason"}) != "ExitCode") continue;
    const std::string_view text = findText(cause.get_object(), {"message"});
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error == std::errc() && end == text.data() + text.size()) return code;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<RemoteCommand>> RemoteCommand::exec(Session& session, const ObjectKey& pod,
                                                           const CommandOptions& options,
                                                           const std::stop_token& stop) {
  return open(session, objectPath(kPods, pod.ns, pod.name, "exec"), options, stop);
}

Result<std::unique_ptr<RemoteCommand>> RemoteCommand::attach(Session& session, const ObjectKey& pod,
                                                             const CommandOptions& options,
                                                             const std::stop_token& stop) {
  return open(session, objectPath(kPods, pod.ns, pod.name, "attach"), options, stop);
}

RemoteCommand::RemoteCommand(std::unique_ptr<http::WebSocket> socket, int stdinFd)
    : socket_(std::move(socket)), stdinFd_(stdinFd) {}

base::Result<int> RemoteCommand::run(const OutputSink& sink, const std::stop_token& stop) {
  Relay ends;
  ends.input = stdinFd_;
  ends.inputChannel = kStdin;
  ends.onInputEnd = [this] { endInput(); };
  ends.onMessage = [&](uint8_t channel, std::string_view data) {
    return take(channel, data, sink);
  };
  MC_TRY(relay(*socket_, ends, stop));
  if (status_.empty()) {
    return base::fail(EIO, "the connection to the container broke before its command ended");
  }
  return exitStatusOf(status_);
}

base::Status RemoteCommand::resize(TerminalSize size) {
  const boost::json::object json{{"Width", size.columns}, {"Height", size.rows}};
  return socket_->send(framed(kResize, boost::json::serialize(json)));
}

base::Status RemoteCommand::take(uint8_t channel, std::string_view data, const OutputSink& sink) {
  if (data.empty()) return {};  // v4 opens each channel with an empty message
  if (channel == kStdout) return sink(OutputStream::Out, data);
  if (channel == kStderr) return sink(OutputStream::Err, data);
  if (channel != kStatus) return {};
  if (status_.size() + data.size() > kStatusLimit) {
    return base::fail(EPROTO, "the API server sent an endless status");
  }
  status_ += data;
  return {};
}

void RemoteCommand::endInput() {
  if (socket_->subprotocol() != kNewest) return;
  (void)socket_->send(framed(kClose, std::string(1, static_cast<char>(kStdin))));
}

base::Result<int> exitStatusOf(std::string_view statusJson) {
  MC_TRY_ASSIGN(const Object status, parseObject(statusJson));
  if (findText(status, {"status"}) == "Success") return 0;
  if (findText(status, {"reason"}) == "NonZeroExitCode") {
    if (const auto code = exitCodeOf(status)) return *code;
  }
  return base::pass(errorOf(status));
}

}  // namespace mc::kube
