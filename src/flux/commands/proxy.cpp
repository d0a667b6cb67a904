// flux proxy: runs a command with a private way to an instance.

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/process.hpp"
#include "flux/broker/environment.hpp"
#include "flux/client/handle.hpp"
#include "flux/client/uri.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/relay.hpp"
#include "flux/commands/relay_route.hpp"
#include "flux/commands/session.hpp"
#include "flux/commands/target.hpp"
#include "flux/version.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-proxy";
constexpr std::chrono::seconds kReconnectPause{2};
// How long a command may take to end by itself when the instance has gone.
constexpr std::chrono::seconds kHangUpGrace{1};

constexpr Option kOptions[] = {
    {'f', "force", Takes::Nothing, "",
     "Force use of this proxy even if versions of Flux do not match"},
    {'n', "nohup", Takes::Nothing, "",
     "Do not send SIGHUP and SIGTERM to child processes when connection to Flux is lost"},
    {0, "reconnect", Takes::Nothing, "", "If the connection is lost, try to reconnect"},
};

/// A directory of our own for the socket, gone with this object.
class SocketDirectory {
 public:
  static base::Result<std::unique_ptr<SocketDirectory>> make() {
    const char* tmpdir = std::getenv("TMPDIR");
    std::string path = std::string(tmpdir ? tmpdir : "/tmp") + "/flux-proxy-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return base::failErrno("mkdtemp " + path);
    return std::unique_ptr<SocketDirectory>(new SocketDirectory(std::move(path)));
  }
  ~SocketDirectory() { ::rmdir(path_.c_str()); }
  [[nodiscard]] std::string socket() const { return path_ + "/local"; }

 private:
  explicit SocketDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

broker::Environment childEnvironment(const std::string& uri, const std::string& target) {
  broker::Environment environment = broker::ownEnvironment();
  environment["FLUX_URI"] = uri;
  environment.erase("FLUX_PROXY_REMOTE");
  environment.erase(kViaVariable);
  if (client::RemoteUri::is(target)) {
    const size_t host = target.find("//") + 2;
    environment["FLUX_PROXY_REMOTE"] = target.substr(host, target.find('/', host) - host);
  }
  return environment;
}

// The arguments make one command line for the shell, as flux-core joins them; none: the shell
// itself.
base::Command childCommand(const Args& words, const std::string& uri, const std::string& target) {
  const char* shell = std::getenv("SHELL");
  base::Command command;
  command.argv = {shell != nullptr && *shell != '\0' ? shell : "/bin/sh"};
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  if (!line.empty()) {
    command.argv.emplace_back("-c");
    command.argv.push_back(line);
  }
  command.stdinFd = STDIN_FILENO;
  command.environment = childEnvironment(uri, target);
  return command;
}

/// Stays connected to the instance while the command runs, so that its end is noticed.
class Lifeline {
 public:
  Lifeline(base::Loop& loop, std::string uri, bool reconnects, std::function<void()> lost)
      : loop_(loop), uri_(std::move(uri)), reconnects_(reconnects), lost_(std::move(lost)) {}

  /// Also checks that the broker is of our version; `force`: a warning will do.
  base::Status connect(bool force) {
    MC_TRY_ASSIGN(handle_, client::Handle::open(loop_, uri_));
    const auto answer = handle_->call("attr.get", {{"name", "version"}});
    const auto* version = answer ? formats::findString(*answer, "value") : nullptr;
    if (version != nullptr && *version != kFluxVersion) {
      const std::string text = std::string("client (") + kFluxVersion + ") and broker (" +
                               std::string(*version) + ") versions do not match";
      if (!force) return base::fail(EINVAL, text);
      complain(std::string(kProgram) + ": " + text);
    }
    handle_->onClosed([this](const base::Error&) { onLost(); });
    return {};
  }

 private:
  void onLost() {
    // Not here, inside a callback of the connection.
    retry_ = loop_.after(kReconnectPause, [this] { handle_.reset(); });
    if (!reconnects_) return lost_();
    complain("\rflux-proxy: Lost connection with Flux");
    complain("\rflux-proxy: Attempting to reconnect");
    retry();
  }

  void retry() {
    retry_ = loop_.after(kReconnectPause, [this] {
      handle_.reset();
      if (mayAnswer())
        if (auto handle = client::Handle::open(loop_, uri_)) {
          handle_ = std::move(*handle);
          handle_->onClosed([this](const base::Error&) { onLost(); });
          return complain("\rflux-proxy: reconnected");
        }
      retry();
    });
  }

  /// Without a socket there is nobody, and no need to wait for it.
  [[nodiscard]] bool mayAnswer() const {
    const auto path = client::socketPath(uri_);
    return !path || ::access(path->c_str(), F_OK) == 0;
  }

  base::Loop& loop_;
  std::string uri_;
  bool reconnects_;
  std::function<void()> lost_;
  std::unique_ptr<client::Handle> handle_;
  base::Watch retry_;
};

class Child {
 public:
  Child(base::Loop& loop, bool nohup) : loop_(loop), nohup_(nohup) {}

  base::Status start(const base::Command& command) {
    // Keys of the terminal are for the child.
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGQUIT, SIG_IGN);
    MC_TRY_ASSIGN(pid_, base::SystemProcessRunner().spawn(command));
    child_ = loop_.child(pid_, [this](int waitStatus) {
      status_ = base::exitCode(waitStatus);
      pid_ = -1;
      loop_.stop();
    });
    return {};
  }

  /// What speaks to the instance has lost it too, and `flux shutdown` ends well by that: only what
  /// is still there a moment later is told.
  void onLostInstance() {
    hangUp_ = loop_.after(kHangUpGrace, [this] {
      complain("\rflux-proxy: Lost connection with Flux");
      if (!nohup_) hangUp();
    });
  }

  int wait() {
    while (pid_ > 0) loop_.run();
    return status_;
  }

 private:
  void hangUp() const {
    if (pid_ <= 0) return;
    complain("\rflux-proxy: Sending SIGHUP to child processes");
    ::kill(pid_, SIGHUP);
    ::kill(pid_, SIGCONT);
  }

  base::Loop& loop_;
  bool nohup_;
  pid_t pid_ = -1;
  int status_ = 0;
  base::Watch child_;
  base::Watch hangUp_;
};

int runProxy(const std::string& uri, const Parsed& parsed) {
  const auto loop = base::makeLoop();
  Child child(*loop, parsed.has("nohup"));
  Lifeline lifeline(*loop, uri, parsed.has("reconnect"), [&] { child.onLostInstance(); });
  if (const auto connected = lifeline.connect(parsed.has("force")); !connected)
    return failAs(kProgram, uri + ": " + connected.error().message);
  const auto directory = SocketDirectory::make();
  if (!directory) return failAs(kProgram, directory.error().message);
  const auto relay = Relay::listen(*loop, (*directory)->socket(), uri);
  if (!relay) return failAs(kProgram, relay.error().message);
  const Args words(parsed.rest.begin() + 1, parsed.rest.end());
  const auto started = child.start(childCommand(words, "local://" + (*directory)->socket(), uri));
  if (!started) return failAs(kProgram, started.error().message);
  return child.wait();
}

}  // namespace

int proxyMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = kProgram,
                        .usage = "flux proxy [OPTIONS] JOBID|URI [COMMAND...]",
                        .description = "Route messages to/from a Flux instance",
                        .options = kOptions,
                        .commandFollows = true};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.empty()) return usageHelp(grammar);
  const std::string& name = parsed.rest[0];
  const auto uri = resolveTarget(name);
  if (!uri) {
    failPython("flux-uri", uri.error().message);
    return failAs(kProgram, "Unable to resolve " + name + " to a URI");
  }
  return runProxy(*uri, parsed);
}

}  // namespace mc::flux::commands
