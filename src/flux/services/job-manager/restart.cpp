// Taking over the jobs of an earlier life of the instance: their eventlogs are replayed (RFC 21).
//
// Pending jobs go on as if nothing had been. The shells of a running job have ended with the
// broker: it gets an exception of type "exec" and goes through CLEANUP. A job whose data can't be
// read is left alone, with a line in the log.

#include <algorithm>

#include "flux/formats/eventlog.hpp"
#include "flux/services/job-manager/job_event.hpp"
#include "flux/services/job-manager/manager.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

constexpr int kIdLevels = 4;  // job.0000.0033.ac00.0000

std::string textOf(kvs::Namespace& ns, const std::string& key) {
  const kvs::Node* node = ns.find(key);
  return node != nullptr ? node->read() : std::string();
}

void collectIds(kvs::Node& node, int level, const std::string& path, std::vector<JobId>& out) {
  if (level == 0) {
    if (const auto id = formats::parseJobId(path)) out.push_back(*id);
    return;
  }
  const kvs::Directory* directory = node.directory();
  if (directory == nullptr) return;
  for (const auto& [name, entry] : directory->entries())
    if (entry->isDirectory()) collectIds(*entry, level - 1, path + '.' + std::string(name), out);
}

// What has become of a job's resources, of which the events of its end tell.
struct Ending {
  bool allocated = false;
  bool released = false;
  bool freed = false;

  void note(const formats::Event& event) {
    if (event.name == "alloc") allocated = true;
    if (event.name == "free") freed = true;
    if (event.name == "release")
      released = formats::getBool(event.context, "final").value_or(false);
  }
};

struct Restored {
  std::unique_ptr<Job> job;
  Ending ending;
};

base::Result<Restored> restoreJob(kvs::Namespace& ns, JobId id) {
  MC_TRY_ASSIGN(const auto events, formats::parseEventlog(textOf(ns, jobKey(id, "eventlog"))));
  if (events.empty() || events.front().name != "submit")
    return base::fail(EPROTO, "the eventlog does not begin with 'submit'");
  Submission submission;
  submission.id = id;
  MC_TRY_ASSIGN(submission.jobspec, formats::Jobspec::parse(textOf(ns, jobKey(id, "jobspec"))));
  Restored out;
  out.job = makeJob(submission);
  for (const formats::Event& event : events) {
    MC_TRY(applyEvent(*out.job, event.timestamp, event.name, event.context));
    out.ending.note(event);
    if (event.name == "start" && out.job->active) out.job->active->shellsStarted = true;
  }
  if (out.ending.allocated) {
    MC_TRY_ASSIGN(const auto resources,
                  formats::ResourceSet::parse(std::string_view(textOf(ns, jobKey(id, "R")))));
    setResources(*out.job, resources);
  }
  if (out.job->state == State::Inactive)
    out.job->active.reset();
  else
    out.job->active->eventlog = ns.find(jobKey(id, "eventlog"));
  return out;
}

// The order in which jobs enter their lists: as they did in their first life.
double enteredAt(const Job& job) {
  if (job.state == State::Inactive) return job.times.inactive;
  return job.in(kRunning) ? job.times.run : job.times.submit;
}

}  // namespace

void Manager::restart() {
  kvs::Namespace& ns = store_.primary();
  kvs::Node* top = ns.find("job");
  if (top == nullptr) return;
  std::vector<JobId> ids;
  collectIds(*top, kIdLevels, "job", ids);
  std::vector<Restored> found;
  found.reserve(ids.size());
  for (const JobId id : ids) {
    auto restored = restoreJob(ns, id);
    if (!restored) {
      host_.log(broker::Severity::Error, "job-manager",
                jobKey(id) + ": cannot be restored: " + restored.error().message);
      continue;
    }
    if (!restored->job->active) ns.seal(jobKey(id), true);
    found.push_back(std::move(*restored));
  }
  std::stable_sort(found.begin(), found.end(), [](const Restored& a, const Restored& b) {
    return enteredAt(*a.job) < enteredAt(*b.job);
  });
  for (Restored& restored : found) {
    Job& job = table_.add(std::move(restored.job));
    if (!job.active) continue;
    events_.emit(job, "restore");
    if (job.in(kRunning)) {
      endLost(job, restored.ending.allocated && !restored.ending.released,
              restored.ending.allocated && !restored.ending.freed);
    }
    fresh_.push_back(job.id);
  }
  if (fresh_.empty()) return;
  host_.log(broker::Severity::Info, "job-manager",
            "restart: " + std::to_string(fresh_.size()) + " of " + std::to_string(found.size()) +
                " jobs are active");
  advanceFresh_.schedule();
}

void Manager::endLost(Job& job, bool release, bool free) {
  if (job.state == State::Run)
    post(job, "exception",
         {{"type", "exec"},
          {"severity", 0},
          {"note", "job shells were lost in the restart of the instance"},
          {"userid", host_.owner()}});
  if (release) post(job, "release", {{"ranks", "all"}, {"final", true}});
  if (free) post(job, "free");
}

}  // namespace mc::flux::services::manager
