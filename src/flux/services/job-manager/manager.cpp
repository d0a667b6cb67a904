#include "flux/services/job-manager/manager.hpp"

#include <csignal>

#include "flux/formats/eventlog.hpp"
#include "flux/services/job-manager/job_event.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

std::string systemText(const formats::Jobspec& jobspec, std::string_view path) {
  return jobspec.systemString(path).value_or(std::string());
}

// Copies have storage of their own: the jobspec goes soon, and its storage with it.
json::object systemObject(const formats::Jobspec& jobspec, std::string_view path) {
  const auto* object = jobspec.systemObject(path);
  return object ? json::object(*object, json::storage_ptr()) : json::object();
}

}  // namespace

std::unique_ptr<Job> makeJob(const Submission& submission) {
  const formats::Jobspec& jobspec = *submission.jobspec;
  auto job = std::make_unique<Job>();
  job->id = submission.id;
  job->userid = submission.userid;
  job->duration = jobspec.duration;
  job->taskCount = jobspec.taskCount();
  job->nodeCount = jobspec.shape.nodes;
  if (!jobspec.shape.exclusive)
    job->coreCount = jobspec.shape.totalSlots() * jobspec.shape.coresPerSlot;
  job->name = jobspec.name();
  job->cwd = systemText(jobspec, "cwd");
  job->queue = systemText(jobspec, "queue");
  job->project = systemText(jobspec, "project");
  job->bank = systemText(jobspec, "bank");
  job->active = std::make_unique<Active>();
  job->active->shape = jobspec.shape;
  job->active->constraints = systemObject(jobspec, "constraints");
  job->active->exec = systemObject(jobspec, "exec");
  if (const auto* dependencies = jobspec.system("dependencies"); dependencies != nullptr)
    if (const auto* list = dependencies->if_array())
      job->active->dependencySpecs = json::array(*list, json::storage_ptr());
  return job;
}

void setResources(Job& job, const formats::ResourceSet& resources) {
  job.ranks = resources.ranks().bracketed();
  job.nodelist = resources.nodelist().str();
  job.nodeCount = resources.nodeCount();
  job.coreCount = resources.coreCount();
  job.expiration = resources.expiration;
}

namespace {

// flux-core's default priority plugin: the urgency, apart from its ends.
int64_t priorityOf(int urgency) {
  return urgency == kUrgencyMax ? kPriorityMax : urgency;
}

json::object exceptionContext(const Exception& exception) {
  return {{"type", exception.type},
          {"severity", exception.severity},
          {"note", exception.note},
          {"userid", exception.userid}};
}

}  // namespace

Manager::Manager(broker::Host& host, kvs::Store& store)
    : host_(host),
      store_(store),
      queues_(host.config()),
      advanceFresh_(host.loop(), [this] { advanceAllFresh(); }) {}

void Manager::connect(Scheduler& scheduler, Executor& executor) {
  scheduler_ = &scheduler;
  executor_ = &executor;
}

void Manager::submit(Submission submission) {
  Job& job = table_.add(makeJob(submission));
  auto texts =
      jobspecs_.keep(std::move(submission.jobspecText), std::move(submission.signedJobspec),
                     submission.userid, submission.completed);
  kvs::Namespace& kvs = store_.primary();
  // These can't fail: job ids are unique, and only the job's own services write below "job".
  (void)kvs.put(jobKey(job.id, "J"), std::move(texts.signedJobspec));
  (void)kvs.put(jobKey(job.id, "jobspec"), std::move(texts.jobspec));
  const auto eventlog = kvs.put(jobKey(job.id, "eventlog"), std::string());
  if (eventlog) job.active->eventlog = *eventlog;
  post(job, "submit",
       {{"userid", submission.userid},
        {"urgency", submission.urgency},
        {"flags", submission.flags},
        {"version", 1}});
  fresh_.push_back(job.id);
  advanceFresh_.schedule();
}

void Manager::advanceAllFresh() {
  for (const JobId id : std::exchange(fresh_, {}))
    if (Job* job = activeJob(id)) advance(*job);
}

Job* Manager::activeJob(JobId id) const {
  Job* job = table_.find(id);
  return job != nullptr && job->active ? job : nullptr;
}

void Manager::post(Job& job, std::string_view name, const json::object& context) {
  const double now = host_.loop().clock().wall();
  if (const auto status = applyEvent(job, now, name, context); !status) {
    host_.log(broker::Severity::Error, "job-manager",
              jobKey(job.id) + ": " + status.error().message);
    return;
  }
  if (job.active && job.active->eventlog != nullptr)
    store_.primary().append(*job.active->eventlog, formats::formatEvent(now, name, context));
  table_.moved(job);
  events_.emit(job, name);
}

void Manager::advance(Job& job) {
  while (job.active && step(job)) {
  }
}

// Does what the job's state asks for; true if the job has changed its state by that.
bool Manager::step(Job& job) {
  switch (job.state) {
    case State::New:
      post(job, "validate");
      return true;
    case State::Depend:
      if (!job.active->dependencies.empty()) return false;
      post(job, "depend");
      return true;
    case State::Priority:
      post(job, "priority", {{"priority", priorityOf(job.urgency)}});
      return true;
    case State::Sched:
      requestResources(job);
      return false;
    case State::Run:
      if (!std::exchange(job.active->executing, true)) executor_->start(job);
      return false;
    case State::Cleanup:
      return stepCleanup(job);
    case State::Inactive:
      store_.primary().seal(jobKey(job.id));
      job.active.reset();
      return false;
  }
  return false;
}

bool Manager::stepCleanup(Job& job) {
  cancelRequest(job);
  if (job.active->executing) return false;
  if (!job.active->resources.empty()) {
    scheduler_->release(job.id, std::exchange(job.active->resources, {}));
    post(job, "free");
  }
  post(job, "clean");
  return true;
}

void Manager::requestResources(Job& job) {
  const bool held = job.priority == 0 || !queues_.started(job.queue);
  if (held) return cancelRequest(job);
  if (std::exchange(job.active->allocRequested, true)) return;
  scheduler_->request({.id = job.id,
                       .priority = job.priority,
                       .duration = job.duration,
                       .shape = job.active->shape,
                       .constraints = job.active->constraints});
}

void Manager::cancelRequest(Job& job) {
  if (std::exchange(job.active->allocRequested, false)) scheduler_->cancel(job.id);
}

void Manager::queuesChanged() {
  const JobTable::Pending pending = table_.pending();
  for (Job* job : pending) advance(*job);
}

void Manager::raise(Job& job, const Exception& exception) {
  const bool ends = exception.severity == 0 && !job.in(bit(State::Cleanup));
  post(job, "exception", exceptionContext(exception));
  if (ends && job.active->executing)
    executor_->cancel(job.id, exception.type == "timeout" ? SIGALRM : SIGTERM);
  advance(job);
}

void Manager::setUrgency(Job& job, int urgency, uint32_t userid) {
  post(job, "urgency", {{"urgency", urgency}, {"userid", userid}});
  if (job.state == State::Sched) {
    post(job, "priority", {{"priority", priorityOf(urgency)}});
    if (job.active->allocRequested) scheduler_->reprioritize(job.id, job.priority);
  }
  advance(job);
}

void Manager::setImmutable(Job& job) {
  post(job, "set-flags", {{"flags", json::array{"immutable"}}});
}

void Manager::updateJobspec(Job& job, const json::object& updates) {
  post(job, "jobspec-update", updates);
  cancelRequest(job);  // which is made anew, with what has changed
  advance(job);
}

void Manager::updateExpiration(Job& job, double expiration) {
  post(job, "resource-update", {{"expiration", expiration}});
  scheduler_->setExpiration(job.id, expiration);
  executor_->setExpiration(job.id, expiration);
}

void Manager::addDependency(Job& job, const std::string& description) {
  post(job, "dependency-add", {{"description", description}});
}

void Manager::removeDependency(Job& job, const std::string& description) {
  post(job, "dependency-remove", {{"description", description}});
  advance(job);
}

void Manager::purge(Job& job) {
  store_.primary().prune(jobKey(job.id));
  table_.purge(job);
}

void Manager::onAlloc(JobId id, formats::ResourceSet resources) {
  Job* job = activeJob(id);
  if (job == nullptr || !job->active->allocRequested) return scheduler_->release(id, resources);
  job->active->allocRequested = false;
  setResources(*job, resources);
  (void)store_.primary().put(jobKey(id, "R"),
                             formats::toJson(resources.toJson(), formats::JsonStyle::Spaced));
  job->active->resources = std::move(resources);
  const json::object sched{{"resource_summary", job->active->resources.summary()}};
  post(*job, "alloc", {{"annotations", json::object{{"sched", sched}}}});
  advance(*job);
}

void Manager::onDeny(JobId id, const std::string& note) {
  Job* job = activeJob(id);
  if (job == nullptr || !job->active->allocRequested) return;
  job->active->allocRequested = false;
  raise(*job, {.type = "alloc", .severity = 0, .note = note, .userid = host_.owner()});
}

void Manager::onStart(JobId id) {
  Job* job = activeJob(id);
  if (job == nullptr || job->state != State::Run) return;
  job->active->shellsStarted = true;
  post(*job, "start");
}

void Manager::onException(JobId id, Exception exception) {
  if (Job* job = activeJob(id)) raise(*job, exception);
}

void Manager::onFinish(JobId id, int status) {
  Job* job = activeJob(id);
  if (job == nullptr) return;
  post(*job, "finish", {{"status", status}});
  advance(*job);
}

void Manager::onRelease(JobId id, const std::string& ranks, bool final) {
  Job* job = activeJob(id);
  if (job == nullptr) return;
  post(*job, "release", {{"ranks", ranks}, {"final", final}});
  if (final) job->active->executing = false;
  advance(*job);
}

}  // namespace mc::flux::services::manager
