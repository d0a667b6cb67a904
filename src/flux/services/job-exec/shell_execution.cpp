#include "flux/services/job-exec/shell_execution.hpp"

#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "flux/formats/io_data.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::services::exec {

namespace {

namespace json = boost::json;

constexpr int kForwardStdout = 1;
constexpr int kForwardStderr = 2;
constexpr size_t kMaxLine = 4096;

// What a shell needs of the broker's environment. The tasks' comes with the jobspec.
constexpr std::array kPassedOn{"PATH", "HOME",   "USER", "LOGNAME", "SHELL",
                               "LANG", "LC_ALL", "TZ",   "TMPDIR",  "LD_LIBRARY_PATH"};
/// In an instance that is a job: the ids of the jobs around its own, and that.
constexpr const char* kIdPath = "FLUX_JOB_ID_PATH";

json::object shellEnvironment(bool isJob) {
  json::object out;
  for (const char* name : kPassedOn)
    if (const char* value = std::getenv(name)) out[name] = value;
  if (const char* path = isJob ? std::getenv(kIdPath) : nullptr) out[kIdPath] = path;
  return out;
}

// The program itself: on every rank that of the broker there, wherever it lies. exec.job-shell of
// the configuration names another.
std::string shellProgram(const json::object& config) {
  const auto* table = formats::findObject(config, "exec");
  const auto* path = table ? formats::findString(*table, "job-shell") : nullptr;
  return path ? std::string(*path) : std::string();
}

// As a shell reports it when it can't start a program.
int execFailure(int errnum) {
  return (errnum == ENOENT ? 127 : 126) << 8;
}

}  // namespace

ShellExecution::ShellExecution(broker::Host& host, const manager::Job& job, ExecutionEvents& events)
    : host_(host),
      events_(events),
      id_(job.id),
      label_("shell-" + std::to_string(job.id)),
      barrierOver_(job.active->resources.nodeCount() < 2) {
  for (const auto& [rank, node] : job.active->resources.nodes) shells_[rank].host = node.host;
}

json::object ShellExecution::command() const {
  json::object environment = shellEnvironment(host_.attribute("jobid").has_value());
  environment["FLUX_KVS_NAMESPACE"] = formats::jobNamespace(id_);
  if (!barrierOver_) environment["FLUX_EXEC_PROTOCOL"] = "stdio";
  const std::string program = shellProgram(host_.config());
  json::array words;
  if (program.empty())
    words = {"/proc/self/exe", "shell"};
  else
    words.emplace_back(program);
  words.emplace_back(std::to_string(id_));
  return {{"cwd", "/"},
          {"cmdline", std::move(words)},
          {"env", std::move(environment)},
          {"opts", json::object()},
          {"channels", json::array()},
          {"label", label_}};
}

void ShellExecution::start() {
  const json::object payload{
      {"cmd", command()}, {"flags", kForwardStdout | kForwardStderr}, {"local_flags", 0}};
  for (auto& [rank, shell] : shells_)
    shell.rpc =
        host_.rpc("rexec.exec", payload, rank, true,
                  [this, rank = rank](const broker::Answer& answer) { onAnswer(rank, answer); });
}

void ShellExecution::onAnswer(uint32_t rank, const broker::Answer& answer) {
  Shell& shell = shells_.at(rank);
  if (shell.ended) return;
  if (!answer) return onError(rank, shell, answer.error());
  if (const auto* message = answer->if_object()) onMessage(rank, shell, *message);
}

void ShellExecution::onMessage(uint32_t rank, Shell& shell, const json::object& message) {
  const auto* type = formats::findString(message, "type");
  if (type == nullptr) return;
  if (*type == "started")
    onStarted(rank, shell, formats::getInteger(message, "pid").value_or(0));
  else if (*type == "output" && formats::findObject(message, "io") != nullptr)
    onOutput(rank, shell, *formats::findObject(message, "io"));
  else if (*type == "finished")
    onExit(rank, shell, static_cast<int>(formats::getInteger(message, "status").value_or(0)));
}

void ShellExecution::onStarted(uint32_t rank, Shell& shell, int64_t pid) {
  shell.pid = pid;
  if (pendingSignal_ != 0) sendSignal(rank, shell, pendingSignal_);
  if (++started_ == shells_.size()) events_.onStarted();
}

void ShellExecution::onOutput(uint32_t rank, Shell& shell, const json::object& object) {
  const auto io = formats::decodeIo(object);
  if (!io) return;
  shell.line += io->data;
  size_t start = 0;
  for (size_t end; (end = shell.line.find('\n', start)) != std::string::npos; start = end + 1)
    onLine(rank, shell, io->stream, std::string_view(shell.line).substr(start, end - start));
  shell.line.erase(0, start);
  if (shell.line.size() > kMaxLine) shell.line.clear();
}

void ShellExecution::onLine(uint32_t rank, Shell& shell, std::string_view stream,
                            std::string_view line) {
  if (stream == "stdout" && line == "enter" && !barrierOver_) {
    if (!std::exchange(shell.entered, true) && ++entered_ == shells_.size()) releaseBarrier(0);
    return;
  }
  host_.log(stream == "stderr" ? broker::Severity::Error : broker::Severity::Info, "job-exec",
            formats::formatJobId(id_, formats::JobIdForm::F58) + ": " + shell.host + " (rank " +
                std::to_string(rank) + "): " + std::string(line));
}

void ShellExecution::releaseBarrier(int exitCode) {
  barrierOver_ = true;
  const json::object io = formats::encodeIo(
      {.stream = "stdin", .rank = "0", .data = "exit=" + std::to_string(exitCode) + "\n"});
  for (const auto& [rank, shell] : shells_)
    if (!shell.ended)
      host_.notify("rexec.write", json::object{{"matchtag", 0}, {"label", label_}, {"io", io}},
                   rank);
}

void ShellExecution::onError(uint32_t rank, Shell& shell, const base::Error& error) {
  const bool lost = error.errnum == EHOSTUNREACH || shell.pid != 0;
  shell.pid = 0;  // nothing there that a signal could be sent to
  const std::string where = shell.host + " (rank " + std::to_string(rank) + ")";
  if (lost) announceLoss(rank);
  raise(lost ? "node failure on " + where
             : "job shell exec error on broker " + where + ": " + error.message);
  shellEnded(rank, shell, lost ? SIGKILL : execFailure(error.errnum));
}

void ShellExecution::raise(std::string note) {
  events_.onException(
      {.type = "exec", .severity = 0, .note = std::move(note), .userid = host_.owner()});
}

// The leader shell must not wait for word from one that is gone.
void ShellExecution::announceLoss(uint32_t rank) {
  if (shells_.size() > 1)
    host_.publish("shell-" + std::to_string(id_) + ".lost", json::object{{"rank", rank}});
}

// A shell tells by its exit code what has become of its tasks, unless a signal or an end before all
// have started has kept it from that.
void ShellExecution::onExit(uint32_t rank, Shell& shell, int status) {
  const bool early = !barrierOver_ && !shell.ended;
  if (WIFSIGNALED(status) && !shell.ended) {
    if (rank == shells_.begin()->first)
      raise("shell rank 0 (on " + shell.host + "): " + strsignal(WTERMSIG(status)));
    else
      announceLoss(rank);
  } else if (early) {
    raise(shell.host + " (ranks " + std::to_string(rank) + ") terminated before first barrier");
  }
  shellEnded(rank, shell, status);
}

void ShellExecution::shellEnded(uint32_t rank, Shell& shell, int status) {
  if (std::exchange(shell.ended, true)) return;
  status_ = std::max(status_, status);
  ++ended_;
  events_.onShellExit(rank, status);
  if (!barrierOver_ && ended_ < shells_.size()) releaseBarrier(1);
  if (ended_ == shells_.size()) events_.onDone(status_);
}

void ShellExecution::signal(int signal) {
  pendingSignal_ = signal;
  for (const auto& [rank, shell] : shells_)
    if (shell.pid != 0 && !shell.ended) sendSignal(rank, shell, signal);
}

void ShellExecution::sendSignal(uint32_t rank, const Shell& shell, int signal) {
  host_.notify("rexec.kill", json::object{{"pid", shell.pid}, {"signum", signal}}, rank);
}

formats::Idset ShellExecution::activeRanks() const {
  formats::Idset out;
  for (const auto& [rank, shell] : shells_)
    if (!shell.ended) out.insert(rank);
  return out;
}

}  // namespace mc::flux::services::exec
