#include "flux/commands/job_waiter.hpp"

#include <sys/wait.h>

#include <algorithm>

#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace {
constexpr std::string_view kExecPrefix = "exec.";
}

JobWaiter::JobWaiter(client::Handle& handle, Options options, std::function<void()> changed)
    : handle_(handle), options_(std::move(options)), changed_(std::move(changed)) {}

void JobWaiter::add(formats::JobId id, JobOutput::Sinks sinks) {
  ++totals_.jobs;
  auto& job = *(jobs_[id] = std::make_unique<Job>(id, options_.labels, sinks));
  job.events = std::make_unique<client::JobWatch>(
      handle_, id, "eventlog", false,
      client::JobWatch::Handlers{
          [this, &job](const formats::Event& event, std::string_view) { onEvent(job, event); },
          [this, &job](const base::Error& error) {
            if (error.errnum != ENODATA) {
              failAs(options_.program, jobIdText(job.id) + ": " + error.message);
              job.failed = true;
            }
            job.events.reset();
            job.eventSeen = true;
            checkDone(job);
          }});
}

void JobWaiter::onEvent(Job& job, const formats::Event& event) {
  if (job.done) return;
  if (event.name == "submit") {
    job.submitted = event.timestamp;
  } else if (event.name == "start") {
    job.started = true;
    ++totals_.running;
    if (options_.output || options_.waitEvent.starts_with(kExecPrefix)) watchExec(job);
  } else if (event.name == "exception") {
    onException(job, event);
  } else if (event.name == "finish") {
    const int status = static_cast<int>(formats::getInteger(event.context, "status").value_or(0));
    const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    job.failed = code != 0;
    exitStatus_ = std::max(exitStatus_, code);
  }
  if (event.name == options_.waitEvent) job.eventSeen = true;
  changed_();
  checkDone(job);
}

void JobWaiter::onException(Job& job, const formats::Event& event) {
  if (formats::getInteger(event.context, "severity").value_or(0) != 0) return;
  job.failed = true;
  exitStatus_ = std::max(exitStatus_, 1);
  if (options_.silent) return;
  const auto* type = formats::findString(event.context, "type");
  const auto* note = formats::findString(event.context, "note");
  complain(jobIdText(job.id) + ": exception: type=" + std::string(type ? *type : "") +
           " note=" + std::string(note ? *note : ""));
}

void JobWaiter::watchExec(Job& job) {
  if (job.execEvents) return;
  job.execEvents = std::make_unique<client::JobWatch>(
      handle_, job.id, "guest.exec.eventlog", false,
      client::JobWatch::Handlers{
          [this, &job](const formats::Event& event, std::string_view) { onExecEvent(job, event); },
          [this, &job](const base::Error&) {
            job.execEvents.reset();
            checkDone(job);
          }});
}

void JobWaiter::onExecEvent(Job& job, const formats::Event& event) {
  if (job.done) return;
  if (options_.waitEvent == std::string(kExecPrefix) + event.name) job.eventSeen = true;
  if (event.name == "shell.init" && options_.output) watchOutput(job);
  checkDone(job);
}

void JobWaiter::watchOutput(Job& job) {
  if (job.outputEvents) return;
  job.outputEvents = std::make_unique<client::JobWatch>(
      handle_, job.id, "guest.output", false,
      client::JobWatch::Handlers{[this, &job](const formats::Event& event, std::string_view) {
                                   job.output.print(event, job.submitted);
                                   if (job.eventSeen) checkDone(job);
                                 },
                                 [this, &job](const base::Error&) {
                                   job.outputEvents.reset();
                                   checkDone(job);
                                 }});
}

// A job is done when its event has come and, where output is wanted, all of it is printed.
void JobWaiter::checkDone(Job& job) {
  const bool outputPending =
      options_.output && (job.execEvents || job.outputEvents) && !job.output.complete();
  if (job.done || !job.eventSeen || outputPending) return;
  job.done = true;
  if (job.started) --totals_.running;
  ++(job.failed ? totals_.failed : totals_.succeeded);
  // One of the job's own callbacks may be what runs now: it goes when that has returned.
  if (done_.empty()) handle_.loop().post([this] { done_.clear(); });
  done_.push_back(std::move(jobs_.extract(job.id).mapped()));
  changed_();
}

}  // namespace mc::flux::commands
