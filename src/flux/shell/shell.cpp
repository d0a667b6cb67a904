#include "flux/shell/shell.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>

#include "base/fd.hpp"
#include "flux/shell/files.hpp"
#include "flux/shell/job_files.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

/// Tasks wait when so much of their output is on its way.
constexpr size_t kHighWater = 4u << 20;
/// What happens so soon after the start goes into one batch of events: jobs that are over by then
/// cost one request.
constexpr std::chrono::milliseconds kFirstBatch{3};
/// How long the leader of a job that is being ended waits for shells that say nothing any more.
constexpr std::chrono::seconds kGrace{1};
constexpr int kForwarded[] = {SIGTERM, SIGINT,  SIGQUIT, SIGHUP, SIGALRM,
                              SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};
/// The name under which a shell tells the leader that it is done; never written to a log.
constexpr std::string_view kShellDone = "shell.done";
/// Terminals are methods of the shell's service: terminus.0 is that of its first task with one.
constexpr std::string_view kTerminus = "terminus.";

bool endsJob(int number) {
  return number == SIGTERM || number == SIGKILL || number == SIGALRM || number == SIGINT;
}

}  // namespace

Shell::Shell(client::Handle& handle, base::ProcessRunner& runner, Setting setting)
    : handle_(handle),
      runner_(runner),
      setting_(std::move(setting)),
      barrier_(handle.loop(), STDIN_FILENO, STDOUT_FILENO) {}

int Shell::run() {
  handle_.onClosed([this](const base::Error&) {
    // Without the broker nobody could end the tasks any more.
    signalTasks(SIGKILL);
    finish(1);
  });
  handleSignals();
  requestJob();
  while (!stopped_) handle_.loop().run();
  // The broker takes back services and subscriptions of a connection that closes.
  handle_.close();
  return status_;
}

void Shell::finish(int status) {
  if (stopped_) return;
  status_ = std::max(status_, status);
  stopped_ = true;
  handle_.loop().stop();
}

// Both questions go out together.
void Shell::requestJob() {
  registrations_.push_back(handle_.rpc(
      "job-info.lookup", {{"id", setting_.id}, {"keys", json::array{"jobspec", "R"}}, {"flags", 0}},
      {}, [this](const client::Answer& answer) { onLookup(answer); }));
  registrations_.push_back(handle_.rpc("attr.get", {{"name", "rank"}}, {},
                                       [this](const client::Answer& answer) { onRank(answer); }));
}

void Shell::onLookup(const client::Answer& answer) {
  const auto text = [&](std::string_view key) -> base::Result<std::string> {
    if (!answer) return base::pass(answer.error());
    MC_TRY_ASSIGN(const std::string_view value, formats::getString(*answer, key));
    return std::string(value);
  };
  auto jobspec = text("jobspec");
  auto resources = text("R");
  if (!jobspec || !resources) {
    const auto& error = jobspec ? resources.error() : jobspec.error();
    return fail(1, "looking up the job failed: " + error.message);
  }
  jobspecText_ = std::move(*jobspec);
  resourcesText_ = std::move(*resources);
  begin();
}

void Shell::onRank(const client::Answer& answer) {
  const auto text = answer ? formats::getString(*answer, "value")
                           : base::Result<std::string_view>(base::pass(answer.error()));
  if (!text) return fail(1, "asking for the broker's rank failed: " + text.error().message);
  brokerRank_ = static_cast<uint32_t>(std::strtoul(std::string(*text).c_str(), nullptr, 10));
  begin();
}

void Shell::begin() {
  if (jobspecText_.empty() || !brokerRank_ || job_) return;
  auto job = Job::make(setting_.id, jobspecText_, resourcesText_, *brokerRank_);
  if (!job) return fail(1, job.error().message);
  job_ = std::move(*job);
  service_ = job_->service(::getuid());
  if (job_->isLeader()) {
    sink_ = std::make_unique<KvsSink>(handle_, setting_.kvsNamespace);
  } else {
    sink_ = std::make_unique<LeaderSink>(handle_, service_ + ".events", job_->leaderRank);
  }
  sink_->onProgress([this] { onProgress(); });
  registerService();
  makeTmpdir();
  enterDirectory();
  const auto options = readOptions();
  setUpOutput();
  if (!options) fail(1, options.error().message);
  if (failed_) return;
  setUpTasks();
  // Tasks need to know where its server is before they start.
  if (pmix_) return pmix_->start(tmpdir_.path());
  enterBarrier();
}

void Shell::enterBarrier() {
  if (!setting_.barrier) return startTasks();
  prepared_ = true;
  // Once all have entered, the leader may have input for us.
  if (!reachable_) return;
  barrier_.enter([this](const base::Status& left) {
    if (!left) return finish(1);
    startTasks();
  });
}

base::Status Shell::readOptions() {
  MC_TRY_ASSIGN(options_, TaskLauncher::Options::of(*job_));
  if (tmpdir_.path().empty() && job_->jobspec.system("files") != nullptr)
    return base::fail(ENOENT, "the job's temporary directory could not be made");
  return extractFiles(*job_, tmpdir_.path());
}

void Shell::registerService() {
  registrations_.push_back(handle_.addService(
      service_, [this](const broker::Request& request) { onRequest(request); },
      [this](const client::Answer& answer) {
        if (!answer)
          return fail(1, "registering service " + service_ + ": " + answer.error().message);
        reachable_ = true;
        if (prepared_) enterBarrier();
      }));
  registrations_.push_back(
      handle_.subscribe("shell-" + std::to_string(setting_.id) + ".",
                        [this](const wire::Message& message) { onEvent(message); }));
}

void Shell::onEvent(const wire::Message& message) {
  const auto payload = formats::parseJsonObject(message.text());
  if (!payload) return;
  if (message.topic.ends_with(".kill")) {
    const auto number = formats::getInteger(*payload, "signum");
    return signalTasks(number ? static_cast<int>(*number) : SIGTERM);
  }
  // The shell on a broker that is lost will say nothing any more.
  const auto rank = formats::getUnsigned(*payload, "rank");
  if (!message.topic.ends_with(".lost") || !rank) return;
  for (uint32_t shell = 0; shell < job_->nodes(); ++shell)
    if (job_->brokerRankOf(shell) == *rank) shellsDone_.insert(shell);
  checkDone();
}

void Shell::handleSignals() {
  for (const int number : kForwarded)
    signals_.push_back(handle_.loop().signal(number, [this, number] { signalTasks(number); }));
}

void Shell::signalTasks(int number) {
  for (const auto& task : tasks_) task->signal(number);
  if (!endsJob(number)) return;
  for (const auto& task : tasks_)
    if (task->terminal() != nullptr) task->terminal()->abandon();
  terminated_ = true;
  if (!started_ && !failed_) finish(128 + number);
  checkDone();
}

void Shell::makeTmpdir() {
  const bool made = tmpdir_.make(setting_.rundir, job_->shellRank, setting_.id).has_value();
  environment_ =
      jobEnvironment(*job_, {setting_.uri, setting_.kvsNamespace, made ? tmpdir_.path() : "/tmp",
                             hostName(), setting_.idPath});
}

void Shell::enterDirectory() {
  const std::string cwd = job_->jobspec.systemString("cwd").value_or("/");
  if (::chdir(cwd.c_str()) == 0) return;
  log(Severity::Warning,
      "Could not change dir to " + cwd + ": " + std::strerror(errno) + ". Going to /tmp instead");
  if (::chdir("/tmp") != 0) log(Severity::Warning, "Could not change dir to /tmp either");
}

void Shell::setUpOutput() {
  if (!job_->isLeader()) return;
  json::object init{
      {"service", service_}, {"leader-rank", job_->leaderRank}, {"size", job_->nodes()}};
  if (options_.pty.interactive) {
    init["pty"] = std::string(kTerminus) + "0";
    if (options_.pty.capture) init["capture"] = true;
  }
  sink_->append(kExecLog, "shell.init", std::move(init));
  output_ = std::make_unique<Output>(*job_, *sink_, environment_["FLUX_JOB_TMPDIR"]);
  doom_ = std::make_unique<Doom>(handle_.loop(), *job_, *sink_,
                                 [this](const std::string& note) { raise(note); });
  if (const auto opened = output_->open(); !opened) fail(1, opened.error().message);
}

void Shell::setUpTasks() {
  for (const uint32_t rank : job_->localRanks()) {
    const auto i = static_cast<uint32_t>(tasks_.size());
    tasks_.push_back(std::make_unique<Task>(
        handle_.loop(), rank,
        Task::Events{[this](const formats::IoData& io) { onTaskOutput(io); },
                     [this, i](int waitStatus) { onTaskExit(i, waitStatus); },
                     [this] {
                       if (input_) input_->progress();
                     }}));
  }
  input_ = std::make_unique<Input>(handle_, *job_, service_, tasks_,
                                   job_->isLeader() ? sink_.get() : nullptr);
  if (PmiServer::isWanted(*job_))
    pmi_ = std::make_unique<PmiServer>(
        handle_, *job_, service_,
        [this](int exitCode, const std::string& message) { fail(exitCode, message); });
  if (PmixServer::isWanted(*job_))
    pmix_ = std::make_unique<PmixServer>(
        handle_, runner_, *job_, service_,
        PmixServer::Events{
            [this] { enterBarrier(); },
            [this](int exitCode, const std::string& message) { onPmixFailed(exitCode, message); }});
}

// Where it comes too late, the tasks' own exit statuses tell enough.
void Shell::onPmixFailed(int exitCode, const std::string& message) {
  if (!started_ || !localDone()) fail(exitCode, message);
}

void Shell::startTasks() {
  started_ = true;
  TaskLauncher launcher(handle_.loop(), runner_, *job_, *sink_, options_, environment_, pmi_.get(),
                        pmix_.get());
  if (!tasks_.empty())
    if (const auto input = launcher.openInput(tasks_[0]->rank(), 0); !input)
      return fail(1, input.error().message);
  for (uint32_t i = 0; i < tasks_.size(); ++i) {
    const auto begun = launcher.start(*tasks_[i], i, !terminated_);
    if (begun) continue;
    signalTasks(SIGKILL);
    const int errnum = begun.error().errnum;
    return fail(errnum == EACCES || errnum == ENOEXEC ? 126 : 127,
                "task " + std::to_string(tasks_[i]->rank()) + " (host " + job_->host() +
                    "): start failed: " + begun.error().message);
  }
  if (job_->isLeader()) {
    sink_->append(kExecLog, "shell.start", {{"taskmap", job_->tasks.toJson()}});
    warning_ = std::make_unique<WarningSignal>(handle_, *job_);
  }
  opening_ = handle_.loop().after(kFirstBatch, [this] { sink_->flush(); });
  checkDone();  // a node may have no task at all
}

void Shell::onTaskOutput(const formats::IoData& io) {
  const bool eof = io.eof;
  if (output_) {
    output_->write(io);
  } else {
    sink_->append(kOutputLog, "data", formats::encodeIo(io));
  }
  if (sink_->backlog() > kHighWater)
    for (const auto& task : tasks_) task->pauseOutput(true);
  if (eof) checkDone();
}

void Shell::onTaskExit(uint32_t localId, int waitStatus) {
  const Task& task = *tasks_[localId];
  status_ = std::max(status_, base::exitCode(waitStatus));
  const json::object context = taskExitContext(localId, task.rank(), task.pid(), waitStatus);
  if (doom_) {
    doom_->onTaskExit(context);
  } else {
    sink_->append(kExecLog, "shell.task-exit", context);
  }
  checkDone();
}

void Shell::onProgress() {
  if (sink_->backlog() < kHighWater / 2)
    for (const auto& task : tasks_) task->pauseOutput(false);
  if (input_) input_->progress();
  if (raiseNext_ && sink_->idle()) raise(*std::exchange(raiseNext_, std::nullopt));
  checkDone();
}

void Shell::onRequest(const broker::Request& request) {
  const std::string_view method = request.message().topic;
  if (!request.isOwner() && request.message().userid != ::getuid())
    return request.fail(EPERM, "only the job's owner may do this");
  if (method.ends_with(".stdin") && input_) return input_->handle(request);
  if (method.ends_with(".disconnect")) return onDisconnect(request.sender());
  if (const size_t at = method.find(kTerminus); at != std::string_view::npos)
    return onTerminal(request, method.substr(at + kTerminus.size()));
  if (method.ends_with(".pmi-exchange") && pmi_) return pmi_->handle(request);
  if (method.find(".pmix-") != method.npos && pmix_) return pmix_->handle(request);
  if (method.ends_with(".events") && output_) return onEntries(request);
  request.fail(ENOSYS);
}

void Shell::onTerminal(const broker::Request& request, std::string_view index) {
  std::vector<Terminal*> terminals;
  for (const auto& task : tasks_)
    if (task->terminal() != nullptr) terminals.push_back(task->terminal());
  size_t number = 0;
  const auto [rest, error] = std::from_chars(index.data(), index.data() + index.size(), number);
  if (error != std::errc{} || rest != index.data() + index.size() || number >= terminals.size())
    return request.fail(ENOSYS, "no such terminal");
  terminals[number]->handle(request);
}

void Shell::onDisconnect(const std::string& sender) {
  for (const auto& task : tasks_)
    if (task->terminal() != nullptr) task->terminal()->disconnect(sender);
}

void Shell::onEntries(const broker::Request& request) {
  const auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  const auto entries = entriesOf(*payload);
  if (!entries) return request.fail(entries.error());
  for (const LogEntry& entry : *entries) onEntry(entry);
  request.respond();
  checkDone();
}

void Shell::onEntry(const LogEntry& entry) {
  if (entry.event.name == kShellDone) {
    shellsDone_.insert(static_cast<uint32_t>(
        formats::getUnsigned(entry.event.context, "rank").value_or(formats::Idset::kMaxId)));
  } else if (entry.log == kExecLog && entry.event.name == "shell.task-exit") {
    doom_->onTaskExit(entry.event.context);
  } else if (entry.log == kOutputLog && entry.event.name == "data") {
    if (const auto io = formats::decodeIo(entry.event.context)) output_->write(*io);
  } else {
    sink_->append(entry);
  }
}

bool Shell::localDone() const {
  return std::all_of(tasks_.begin(), tasks_.end(), [this](const auto& task) {
    // Where the job has failed a task may not even have started.
    return failed_ ? !task->running() : task->done();
  });
}

bool Shell::remoteDone() const {
  return shellsDone_.size() + 1 >= job_->nodes();
}

void Shell::checkDone() {
  if (stopped_ || !started_ || raising_ || !localDone()) return;
  if (!job_->isLeader() && !std::exchange(toldLeader_, true))
    sink_->append(kExecLog, kShellDone, {{"rank", job_->shellRank}});
  sink_->flush();
  if (!sink_->idle()) return;
  if (!job_->isLeader() || remoteDone()) return finish(status_);
  if ((terminated_ || failed_) && !grace_)
    grace_ = handle_.loop().after(kGrace, [this] { finish(status_); });
}

void Shell::log(Severity severity, const std::string& message) {
  if (!sink_) {
    // Too early for the job's log: the execution service passes this on to the broker's.
    const std::string line = "flux-shell: " + message + "\n";
    (void)base::writeAll(STDERR_FILENO, line).has_value();
    return;
  }
  sink_->log(severity, job_->shellRank, message);
}

void Shell::fail(int status, const std::string& message) {
  if (failed_) return;
  failed_ = true;
  status_ = std::max(status_, status);
  log(Severity::Fatal, message);
  if (!sink_) {
    raiseRpc_ = handle_.rpc("job-manager.raise", exception(message), {},
                            [this, status](const client::Answer&) { finish(status); });
    return;
  }
  started_ = true;  // there is nothing more to start
  raising_ = true;
  // The message is in the log before the exception comes that refers to it: see onProgress().
  raiseNext_ = message;
  sink_->flush();
}

json::object Shell::exception(const std::string& note) const {
  return {{"id", setting_.id}, {"type", "exec"}, {"severity", 0}, {"note", note}};
}

void Shell::raise(const std::string& note) {
  raising_ = true;
  raiseRpc_ = handle_.rpc("job-manager.raise", exception(note), {}, [this](const client::Answer&) {
    raising_ = false;
    checkDone();
  });
}

}  // namespace mc::flux::shell
