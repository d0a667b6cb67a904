#include "flux/shell/task_launcher.hpp"

#include <fcntl.h>

#include <cstring>

#include "base/fd.hpp"
#include "flux/formats/resource_limits.hpp"
#include "flux/shell/output_template.hpp"

namespace mc::flux::shell {

namespace {

std::vector<std::pair<int, uint64_t>> softLimits(const Job& job) {
  std::vector<std::pair<int, uint64_t>> limits;
  const auto* option = job.option("rlimit");
  const auto* object = option ? option->if_object() : nullptr;
  if (object == nullptr) return limits;
  for (const auto& [name, value] : *object) {
    const auto number = formats::limitNumber(name);
    const auto limit = formats::toInteger(value);
    if (number && limit) limits.emplace_back(*number, static_cast<uint64_t>(*limit));
  }
  return limits;
}

bool lineBuffered(const Job& job, const char* stream, bool fallback) {
  const std::string type =
      job.optionText("output." + std::string(stream) + ".buffer.type", fallback ? "line" : "none");
  return type == "line";
}

}  // namespace

base::Result<TaskLauncher::Options> TaskLauncher::Options::of(const Job& job) {
  Options out;
  MC_TRY_ASSIGN(out.pty, PtyOptions::of(job));
  MC_TRY_ASSIGN(out.affinity, CpuAffinity::of(job));
  return out;
}

TaskLauncher::TaskLauncher(base::Loop& loop, base::ProcessRunner& runner, const Job& job,
                           EventSink& sink, Options options, Environment environment,
                           PmiServer* pmi, PmixServer* pmix)
    : loop_(loop),
      runner_(runner),
      job_(job),
      sink_(sink),
      options_(std::move(options)),
      environment_(std::move(environment)),
      pmi_(pmi),
      pmix_(pmix) {}

base::Status TaskLauncher::start(Task& task, uint32_t localId, bool mayWait) {
  base::Command command;
  const TaskPlace place{task.rank(), localId};
  for (const std::string& word : job_.jobspec.command)
    command.argv.push_back(expandTemplate(word, job_, environment_["FLUX_JOB_TMPDIR"], &place));
  Environment environment = environment_;
  addTaskEnvironment(environment, task.rank(), localId);
  MC_TRY(setGpuEnvironment(environment, job_, localId));
  base::Fd pmi;  // the task's end, ours no longer once it has started
  if (pmi_ != nullptr) {
    MC_TRY_ASSIGN(pmi, pmi_->connect(task.rank(), environment));
    command.inheritedFds.push_back(pmi.get());
  }
  if (pmix_ != nullptr) pmix_->addEnvironment(task.rank(), environment);
  options_.affinity.bind(localId, [this](const std::string& note) {
    sink_.log(Severity::Notice, job_.shellRank, note);
  });
  command.environment = std::move(environment);
  command.softLimits = softLimits(job_);
  command.newGroup = job_.option("nosetpgrp") == nullptr;
  command.dieWithParent = true;
  MC_TRY(startProcess(task, localId, std::move(command), mayWait));
  adjustOom(task.pid());
  return {};
}

base::Status TaskLauncher::startProcess(Task& task, uint32_t localId, base::Command command,
                                        bool mayWait) {
  const PtyOptions& pty = options_.pty;
  if (pty.ranks.contains(task.rank())) {
    const bool wait = mayWait && pty.interactive && !pty.capture && task.rank() == 0;
    MC_TRY_ASSIGN(auto terminal, Terminal::open(loop_, wait));
    return task.startOnTerminal(runner_, std::move(command), std::move(terminal), pty.capture);
  }
  // Each task reads the file from its begin.
  MC_TRY_ASSIGN(const base::Fd file, openInput(task.rank(), localId));
  command.stdinFd = file.get();
  return task.start(
      runner_, std::move(command),
      {!file, lineBuffered(job_, "stdout", true), lineBuffered(job_, "stderr", false)});
}

base::Result<base::Fd> TaskLauncher::openInput(uint32_t rank, uint32_t localId) const {
  if (job_.optionText("input.stdin.type", "") != "file") return base::Fd();
  const TaskPlace place{rank, localId};
  const std::string path = expandTemplate(job_.optionText("input.stdin.path", ""), job_,
                                          environment_.at("FLUX_JOB_TMPDIR"), &place);
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return base::failErrno("error opening input file " + path);
  return fd;
}

// An adjustment that is not allowed or makes no sense is told and leaves the task as it is.
void TaskLauncher::adjustOom(pid_t pid) const {
  const auto* option = job_.option("oom.adjust");
  if (option == nullptr) return;
  const std::string text =
      option->is_string() ? option->get_string().c_str() : formats::toJson(*option);
  const base::Fd fd(
      ::open(("/proc/" + std::to_string(pid) + "/oom_score_adj").c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || !base::writeAll(fd.get(), text))
    sink_.log(Severity::Error, job_.shellRank,
              "oom: failed to set OOM score adjustment to " + text + ": " + std::strerror(errno));
}

}  // namespace mc::flux::shell
