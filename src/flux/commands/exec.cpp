#include "flux/commands/exec.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr const char* kProgram = "flux-exec";
// Bits of rexec.exec's flags (RFC 42).
constexpr int kForwardStdout = 1;
constexpr int kForwardStderr = 2;
constexpr int kWriteCredit = 8;
constexpr int kWaitable = 16;
constexpr size_t kReadSize = 64u << 10;
/// Input is read ahead of the slowest process by so much.
constexpr size_t kHighWater = 1u << 20;

json::object environmentObject() {
  json::object out;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == 0 || equals == text.npos || !formats::isUtf8(text)) continue;
    const std::string_view name = text.substr(0, equals);
    // The URI is that of the other broker.
    if (name != "FLUX_URI" && name != "FLUX_PROXY_REMOTE") out[name] = text.substr(equals + 1);
  }
  return out;
}

}  // namespace

Exec::Exec(client::Handle& handle, Options options)
    : handle_(handle), options_(std::move(options)), start_(handle.loop().clock().steady()) {
  json::array words;
  for (const std::string& word : options_.command) words.emplace_back(word);
  command_ = {{"cwd", options_.directory},
              {"cmdline", std::move(words)},
              {"env", environmentObject()},
              {"opts", json::object()},
              {"channels", json::array()}};
  if (options_.carriesBytes)
    command_["opts"] = {{"stdout_LINE_BUFFER", "false"}, {"stderr_LINE_BUFFER", "false"}};
  if (!options_.label.empty()) command_["label"] = options_.label;
}

void Exec::trace(const std::string& text) const {
  if (!options_.verbose) return;
  const std::chrono::duration<double, std::milli> elapsed =
      handle_.loop().clock().steady() - start_;
  char prefix[48];
  std::snprintf(prefix, sizeof prefix, "%.6fms: ", elapsed.count());
  complain(prefix + text);
}

int Exec::run() {
  handle_.onClosed([this](const base::Error& error) {
    failAs(kProgram, "lost connection to Flux: " + error.message);
    status_ = std::max(status_, 1);
    running_ = 0;
    handle_.loop().stop();
  });
  trace("Starting " + options_.command[0] + " on " + options_.ranks.bracketed());
  for (const uint32_t rank : options_.ranks) {
    Process& process = processes_.emplace_back();
    process.rank = rank;
    start(process);
  }
  trace("Sent all requests");
  if (!options_.carriesBytes) takeSignals();
  if (options_.noInput || options_.background) {
    inputEnded_ = true;
  } else {
    watchInput();
  }
  while (running_ > 0) handle_.loop().run();
  flushOutput();
  if (!options_.quiet) reportExits();
  return status_;
}

void Exec::start(Process& process) {
  ++running_;
  if (options_.background) {
    const int flags = options_.waitable ? kWaitable : 0;
    process.rpc =
        handle_.rpc("rexec.exec", {{"cmd", command_}, {"flags", flags}, {"local_flags", 0}},
                    {.nodeid = process.rank},
                    [this, &process](const client::Answer& answer) { onStarted(process, answer); });
    return;
  }
  const int flags = kForwardStdout | kForwardStderr | kWriteCredit;
  process.rpc = handle_.rpc(
      "rexec.exec", {{"cmd", command_}, {"flags", flags}, {"local_flags", 0}}, {process.rank, true},
      [this, &process](const client::Answer& answer) { onAnswer(process, answer); },
      process.matchtag);
}

// The only answer to a process in the background.
void Exec::onStarted(Process& process, const client::Answer& answer) {
  if (answer) {
    print(std::to_string(process.rank) + ": " +
          std::to_string(formats::getInteger(*answer, "pid").value_or(-1)) + "\n");
  } else {
    onFailed(process, answer.error());
  }
  onOver(process);
}

void Exec::onOver(Process& process) {
  process.over = true;
  if (--running_ > 0) return;
  trace(std::to_string(processes_.size()) + " tasks complete with code " + std::to_string(status_));
  handle_.loop().stop();
}

void Exec::onAnswer(Process& process, const client::Answer& answer) {
  if (!answer) {
    if (!client::isEnd(answer)) onFailed(process, answer.error());
    return onOver(process);
  }
  const auto type = formats::getString(*answer, "type");
  if (!type) return;
  if (*type == "started") {
    process.pid = formats::getInteger(*answer, "pid").value_or(-1);
    sendInput(process);
  } else if (*type == "output") {
    printOutput(*answer);
  } else if (*type == "finished") {
    onFinished(process, static_cast<int>(formats::getInteger(*answer, "status").value_or(0)));
  } else if (*type == "add-credit") {
    onCredit(process, *answer);
  }
}

void Exec::onFinished(Process& process, int waitStatus) {
  const bool signaled = WIFSIGNALED(waitStatus);
  const int code = signaled ? 128 + WTERMSIG(waitStatus) : WEXITSTATUS(waitStatus);
  status_ = std::max(status_, code);
  if (code != 0) failures_[signaled ? -WTERMSIG(waitStatus) : code].insert(process.rank);
}

void Exec::onFailed(Process& process, const base::Error& error) {
  const bool noProgram = error.errnum == ENOENT;
  const bool noHost = error.errnum == EHOSTUNREACH;
  status_ = std::max(status_, noProgram ? 127 : error.errnum == EACCES ? 126 : noHost ? 68 : 1);
  failure_ = error;
  if (options_.carriesBytes) return;
  failAs(kProgram, "Error: rank " + std::to_string(process.rank) + ": " + options_.command[0] +
                       ": " + error.message);
}

void Exec::printOutput(const json::object& answer) {
  const auto* object = formats::findObject(answer, "io");
  const auto io =
      object ? formats::decodeIo(*object) : base::Result<formats::IoData>(base::fail(EPROTO, ""));
  if (!io || io->data.empty()) return;
  const std::string text =
      options_.labels ? labels_.label(io->stream, io->rank, io->data) : io->data;
  FILE* out = io->stream == "stderr" ? stderr : stdout;
  if (out == stderr) flushOutput();
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

// ---- standard input

void Exec::watchInput() {
  input_ = handle_.loop().readable(STDIN_FILENO, [this] { readInput(); });
}

void Exec::readInput() {
  std::string buffer(kReadSize, '\0');
  const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  buffer.resize(n > 0 ? static_cast<size_t>(n) : 0);
  inputEnded_ = n <= 0;
  size_t longest = 0;
  for (Process& process : processes_) {
    if (process.over) continue;
    process.queued += buffer;
    sendInput(process);
    longest = std::max(longest, process.queued.size());
  }
  if (inputEnded_ || longest > kHighWater) input_.reset();
}

void Exec::onCredit(Process& process, const json::object& answer) {
  const auto* channels = formats::findObject(answer, "channels");
  const auto bytes = channels ? formats::getInteger(*channels, "stdin")
                              : base::Result<int64_t>(base::fail(EPROTO, ""));
  if (!bytes || *bytes < 0) return;
  process.credit += static_cast<size_t>(*bytes);
  sendInput(process);
  const bool room = std::all_of(processes_.begin(), processes_.end(), [](const Process& other) {
    return other.over || other.queued.size() < kHighWater / 2;
  });
  if (!input_ && !inputEnded_ && room) watchInput();
}

void Exec::sendInput(Process& process) {
  if (process.over || process.pid < 0 || process.inputEnded) return;
  const size_t length = std::min(process.credit, process.queued.size());
  if (length > 0) {
    writeTo(process, process.queued.substr(0, length), false);
    process.queued.erase(0, length);
    process.credit -= length;
  }
  if (!inputEnded_ || !process.queued.empty()) return;
  process.inputEnded = true;
  writeTo(process, {}, true);
}

void Exec::writeTo(Process& process, std::string data, bool eof) {
  const formats::IoData io{"stdin", std::to_string(process.rank), std::move(data), eof};
  handle_.notify("rexec.write", {{"matchtag", process.matchtag}, {"io", formats::encodeIo(io)}},
                 process.rank);
}

// ---- end

void Exec::takeSignals() {
  for (const int number : {SIGINT, SIGTERM})
    signals_.push_back(handle_.loop().signal(number, [this, number] { signalAll(number); }));
}

void Exec::signalAll(int number) {
  if (std::exchange(interrupted_, true) && number == SIGINT) {
    failAs(kProgram, "Interrupted again, leaving processes to themselves");
    status_ = std::max(status_, 128 + number);
    running_ = 0;
    handle_.loop().stop();
    return;
  }
  for (const Process& process : processes_) {
    if (process.over || process.pid < 0) continue;
    kills_.push_back(handle_.rpc("rexec.kill", {{"pid", process.pid}, {"signum", number}},
                                 {process.rank}, [](const client::Answer&) {}));
  }
}

void Exec::reportExits() const {
  for (const auto& [code, ranks] : failures_)
    complain(ranks.bracketed() + ": " +
             (code < 0 ? std::string(::strsignal(-code)) : "Exit " + std::to_string(code)));
}

}  // namespace mc::flux::commands
