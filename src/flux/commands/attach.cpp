#include "flux/commands/attach.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "flux/commands/session.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/shell/task_map.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-job";
constexpr std::chrono::seconds kSecondChance{2};
constexpr size_t kInputSize = 64u << 10;

// What a wait status of the whole job comes to as exit status. The shell exits with 128 + signal
// where a task died of one.
int exitStatusOf(int64_t waitStatus) {
  const int status = static_cast<int>(waitStatus);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string describeExit(int status) {
  if (status > 128 && status - 128 < NSIG)
    return std::string("task(s) ") + ::strsignal(status - 128);
  return "task(s) exited with exit code " + std::to_string(status);
}

}  // namespace

Attach::Attach(client::Handle& handle, formats::JobId id, AttachOptions options)
    : handle_(handle), id_(id), options_(std::move(options)), output_(options_.labels) {
  events_ = std::make_unique<client::JobWatch>(
      handle_, id_, "eventlog", false,
      client::JobWatch::Handlers{
          [this](const formats::Event& event, std::string_view) { onEvent(event); },
          [this](const base::Error& error) { onEventlogEnd(error); }});
}

int Attach::run() {
  handle_.onClosed([this](const base::Error& error) {
    if (stopped_) return;
    failAs(kProgram, std::string("lost connection to Flux: ") + error.message);
    stop(1);
  });
  if (!options_.readOnly) watchSignals();
  while (!stopped_) handle_.loop().run();
  flushOutput();
  return exitStatus_;
}

void Attach::stop(int status) {
  exitStatus_ = status;
  stopped_ = true;
  handle_.loop().stop();
}

void Attach::showEvent(const char* prefix, const formats::Event& event) const {
  char time[48];
  std::snprintf(time, sizeof time, "%.3fs: ", event.timestamp - submitted_);
  std::string line = time + std::string(prefix) + event.name;
  if (!event.context.empty()) line += " " + formats::toJson(event.context);
  complain(line);
}

void Attach::onEvent(const formats::Event& event) {
  if (event.name == "submit") submitted_ = event.timestamp;
  if (event.name == "exception") {
    onException(event);
  } else if (event.name == "start") {
    // Both at once: what the shell says before an exception shall also be shown before it.
    watchExec();
    watchOutput();
  } else if (event.name == "finish") {
    onFinish(event);
  }
  if (options_.showEvents && event.name != "exception") showEvent("job.", event);
  if (event.name == options_.waitEvent && !options_.showEvents) {
    events_.reset();
    checkDone();
  }
}

void Attach::onException(const formats::Event& event) {
  const auto* type = formats::findString(event.context, "type");
  const auto* note = formats::findString(event.context, "note");
  const int64_t severity = formats::getInteger(event.context, "severity").value_or(0);
  if (severity == 0) sawException_ = true;
  char time[48];
  std::snprintf(time, sizeof time, "%.3fs: ", event.timestamp - submitted_);
  std::string line = time + ("job.exception " + jobIdText(id_));
  line += " type=" + (type ? std::string(*type) : "none");
  line += " severity=" + std::to_string(severity);
  if (note != nullptr && !note->empty()) line += " " + std::string(*note);
  complain(line);
}

void Attach::onFinish(const formats::Event& event) {
  status_ = exitStatusOf(formats::getInteger(event.context, "status").value_or(0));
  if (options_.showEvents) announceExit();
}

void Attach::announceExit() {
  if (announced_ || !status_ || *status_ == 0) return;
  announced_ = true;
  failAs(kProgram, describeExit(*status_));
}

void Attach::onEventlogEnd(const base::Error& error) {
  events_.reset();
  if (error.errnum == ENOENT) {
    failAs(kProgram, "Failed to attach to " +
                         (options_.name.empty() ? jobIdText(id_) : options_.name) +
                         ": No such job");
    return stop(1);
  }
  if (error.errnum != ENODATA) {
    failAs(kProgram, error.message);
    return stop(1);
  }
  checkDone();
}

void Attach::watchExec() {
  if (execEvents_) return;
  execEvents_ = std::make_unique<client::JobWatch>(
      handle_, id_, "guest.exec.eventlog", true,
      client::JobWatch::Handlers{
          [this](const formats::Event& event, std::string_view) { onExecEvent(event); },
          [this](const base::Error&) {
            execEvents_.reset();
            checkDone();
          }});
}

void Attach::onExecEvent(const formats::Event& event) {
  if (options_.showExec) showEvent("exec.", event);
  if (event.name == "shell.init") {
    onShellInit(event.context);
  } else if (event.name == "shell.start" && !status_ && !options_.readOnly && !hasTerminal_) {
    closeOtherInputs(event.context);
    startInput();
  }
}

void Attach::onShellInit(const json::object& context) {
  shells_ = static_cast<uint32_t>(formats::getUnsigned(context, "size").value_or(0));
  const auto service = formats::getString(context, "service");
  const auto leader = formats::getInteger(context, "leader-rank");
  if (!service || !leader) return;
  shellService_ = *service;
  leaderRank_ = static_cast<uint32_t>(*leader);
  const auto* terminal = formats::findString(context, "pty");
  if (terminal == nullptr) return;
  if (options_.readOnly) {
    failAs(kProgram, "Cannot connect to pty in readonly mode");
    return stop(1);
  }
  attachTerminal(std::string(*terminal), formats::getBool(context, "capture").value_or(false));
}

// What is captured also comes by the output log, which is where it is shown from when the job is
// over and nobody can attach any more.
void Attach::attachTerminal(const std::string& name, bool captured) {
  hasTerminal_ = true;
  terminal_ = std::make_unique<PtyClient>(handle_, shellService_ + "." + name, leaderRank_,
                                          PtyClient::Events{[this, captured] {
                                                              if (captured) output_.mute("0");
                                                            },
                                                            [this] { terminal_.reset(); }});
}

void Attach::watchOutput() {
  if (outputEvents_) return;
  outputEvents_ = std::make_unique<client::JobWatch>(
      handle_, id_, "guest.output", true,
      client::JobWatch::Handlers{[this](const formats::Event& event, std::string_view) {
                                   output_.print(event, submitted_);
                                   if (status_) checkDone();
                                 },
                                 [this](const base::Error&) {
                                   outputEvents_.reset();
                                   checkDone();
                                 }});
}

// Done when the job has finished and all its output is printed. Where all streams have ended there
// is no need to wait until the broker has closed the logs.
void Attach::checkDone() {
  if (stopped_ || events_) return;
  const bool allPrinted = status_ && output_.complete() && !options_.showExec;
  if ((execEvents_ || outputEvents_) && !allPrinted) return;
  announceExit();
  stop(status_.value_or(sawException_ ? 1 : 0));
}

// Tasks that get no input at all must not wait for it; in flux-core it is for us to say so.
void Attach::closeOtherInputs(const json::object& context) {
  const auto* map = formats::findObject(context, "taskmap");
  const auto wanted = formats::Idset::parse(options_.stdinRanks);
  if (map == nullptr || !wanted || shellService_.empty()) return;
  const auto tasks = shell::TaskMap::parse(formats::toJson(*map), shells_);
  if (!tasks || tasks->tasks() == 0) return;
  auto others = formats::Idset::range(0, tasks->tasks() - 1);
  if (!others.containsAll(*wanted)) {
    const std::string narrowed = wanted->intersection(others).str();
    complain(std::string(kProgram) + ": warning: adjusting --stdin-ranks from " +
             options_.stdinRanks + " to " + narrowed);
    options_.stdinRanks = narrowed;
  }
  others.erase(*wanted);
  if (others.empty()) return;
  const formats::IoData end{"stdin", others.str(), {}, true};
  rpcs_.push_back(handle_.rpc(shellService_ + ".stdin", formats::encodeIo(end), {leaderRank_},
                              [](const client::Answer&) {}));
}

void Attach::startInput() {
  if (shellService_.empty() || options_.stdinRanks.empty() || ::fcntl(STDIN_FILENO, F_GETFD) < 0)
    return;
  input_ = handle_.loop().readable(STDIN_FILENO, [this] { readInput(); });
}

void Attach::readInput() {
  std::string buffer(kInputSize, '\0');
  const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  buffer.resize(n > 0 ? static_cast<size_t>(n) : 0);
  input_.reset();
  sendInput(std::move(buffer), n <= 0);
}

// One piece is on its way at a time, so that the shell sets the pace. Where the shell is gone
// before all is read, nobody wants the rest.
void Attach::sendInput(std::string data, bool eof) {
  const formats::IoData io{"stdin", options_.stdinRanks, std::move(data), eof};
  inputRpc_ = handle_.rpc(shellService_ + ".stdin", formats::encodeIo(io), {leaderRank_},
                          [this, eof](const client::Answer& answer) {
                            if (answer && !eof && !status_) startInput();
                          });
}

void Attach::tellJobManager(std::string_view method, const json::object& payload) {
  rpcs_.push_back(handle_.rpc("job-manager." + std::string(method), payload, {},
                              [](const client::Answer& answer) {
                                if (!answer) failAs(kProgram, answer.error().message);
                              }));
}

void Attach::watchSignals() {
  base::Loop& loop = handle_.loop();
  signals_.push_back(loop.signal(SIGINT, [this] { onInterrupt(); }));
  for (const int number : {SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2})
    signals_.push_back(loop.signal(number, [this, number] { onSignal(number); }));
}

// A job that does not run yet can't get a signal: it is for this command alone.
void Attach::onSignal(int number) {
  if (!execEvents_ && !outputEvents_) return stop(128 + number);
  tellJobManager("kill", {{"id", id_}, {"signum", number}});
}

void Attach::onInterrupt() {
  const auto now = handle_.loop().clock().steady();
  if (interrupted_ && now - *interrupted_ <= kSecondChance) {
    complain(std::string(kProgram) + ": canceling " + jobIdText(id_));
    tellJobManager(
        "raise",
        {{"id", id_}, {"severity", 0}, {"type", "cancel"}, {"note", "interrupted by ctrl-C"}});
    return;
  }
  if (!interrupted_) signals_.push_back(handle_.loop().signal(SIGTSTP, [this] { onSuspend(); }));
  interrupted_ = now;
  complain(std::string(kProgram) + ": one more ctrl-C within 2s to cancel or ctrl-Z to detach");
}

void Attach::onSuspend() {
  if (handle_.loop().clock().steady() - *interrupted_ > kSecondChance) {
    complain(std::string(kProgram) + ": one more ctrl-Z after ctrl-C within 2s to detach");
    return;
  }
  complain(std::string(kProgram) + ": detaching...");
  stop(0);
}

}  // namespace mc::flux::commands
