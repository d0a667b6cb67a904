#include "flux/commands/instance_fields.hpp"

#include <array>

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kTitles{{
    {"instance.stats", "STATS"},
    {"instance.stats.total", "NJOBS"},
    {"instance.stats.pending", "PD"},
    {"instance.stats.running", "R"},
    {"instance.stats.successful", "CD"},
    {"instance.stats.failed", "F"},
    {"instance.progress", "PROG"},
    {"instance.utilization", "CPU%"},
    {"instance.gpu_utilization", "GPU%"},
    {"instance.resources.all.nnodes", "NODES"},
    {"instance.resources.all.ncores", "CORES"},
    {"instance.resources.all.ngpus", "GPUS"},
    {"instance.resources.up.nnodes", "UP"},
    {"instance.resources.up.ncores", "UP"},
    {"instance.resources.up.ngpus", "UP"},
    {"instance.resources.allocated.nnodes", "USED"},
    {"instance.resources.allocated.ncores", "USED"},
    {"instance.resources.allocated.ngpus", "USED"},
    {"instance.resources.down.nnodes", "DOWN"},
}};

int64_t member(const json::object* object, const char* key) {
  return object != nullptr ? formats::getInteger(*object, key).value_or(0) : 0;
}

FieldValue countOf(const formats::ResourceSet& set, std::string_view what) {
  if (what == "nnodes") return static_cast<int64_t>(set.nodeCount());
  if (what == "ncores") return static_cast<int64_t>(set.coreCount());
  if (what == "ngpus") return static_cast<int64_t>(set.gpuCount());
  return {};
}

/// A share, from 0 to 1; empty where there is nothing to share.
FieldValue share(size_t part, size_t whole) {
  if (whole == 0) return {};
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

JobCounts JobCounts::of(const json::object& stats) {
  const auto* states = formats::findObject(stats, "job_states");
  JobCounts counts;
  counts.pending = member(states, "depend") + member(states, "priority") + member(states, "sched");
  counts.running = member(states, "run") + member(states, "cleanup");
  counts.successful = member(&stats, "successful");
  counts.failed = member(&stats, "failed") + member(&stats, "canceled") + member(&stats, "timeout");
  return counts;
}

base::Result<ResourceState> ResourceState::of(Session& session) {
  MC_TRY_ASSIGN(const auto answer, session->call("resource.sched-status", {}, 0));
  ResourceState state;
  const std::pair<const char*, formats::ResourceSet*> parts[] = {
      {"all", &state.all}, {"down", &state.down}, {"allocated", &state.allocated}};
  for (const auto& [key, set] : parts)
    if (const auto* object = formats::findObject(answer, key)) {
      MC_TRY_ASSIGN(*set, formats::ResourceSet::parse(*object));
    }
  return state;
}

InstanceFields InstanceFields::of(Session& session) {
  InstanceFields out;
  if (const auto stats = session->call("job-list.job-stats")) out.jobs_ = JobCounts::of(*stats);
  if (auto resources = ResourceState::of(session)) out.resources_ = std::move(*resources);
  return out;
}

FieldValue InstanceFields::value(const std::string& field) const {
  if (field == "progress" || field.starts_with("stats")) return jobsField(field);
  return resourcesField(field);
}

FieldValue InstanceFields::jobsField(const std::string& field) const {
  if (!jobs_) return {};
  if (field == "progress")
    return share(static_cast<size_t>(jobs_->successful + jobs_->failed),
                 static_cast<size_t>(jobs_->total()));
  if (field == "stats")
    return "PD:" + std::to_string(jobs_->pending) + " R:" + std::to_string(jobs_->running) +
           " CD:" + std::to_string(jobs_->successful) + " F:" + std::to_string(jobs_->failed);
  if (field == "stats.total") return jobs_->total();
  if (field == "stats.pending") return jobs_->pending;
  if (field == "stats.running") return jobs_->running;
  if (field == "stats.successful") return jobs_->successful;
  if (field == "stats.failed") return jobs_->failed;
  return {};
}

FieldValue InstanceFields::resourcesField(const std::string& field) const {
  if (!resources_) return {};
  const auto& [all, down, allocated] = *resources_;
  if (field == "utilization") return share(allocated.coreCount(), all.coreCount());
  if (field == "gpu_utilization") return share(allocated.gpuCount(), all.gpuCount());
  constexpr std::string_view kStart = "resources.";
  const size_t dot = field.rfind('.');
  if (!field.starts_with(kStart) || dot <= kStart.size()) return {};
  const std::string_view what = std::string_view(field).substr(dot + 1);
  const std::string_view which = std::string_view(field).substr(kStart.size(), dot - kStart.size());
  if (which == "all") return countOf(all, what);
  if (which == "down") return countOf(down, what);
  if (which == "allocated") return countOf(allocated, what);
  if (which != "up") return {};
  formats::ResourceSet up = all;
  up.remove(down);
  return countOf(up, what);
}

std::optional<std::string> instanceFieldTitle(const std::string& field) {
  for (const auto& [name, title] : kTitles)
    if (name == field) return std::string(title);
  return std::nullopt;
}

}  // namespace mc::flux::commands
