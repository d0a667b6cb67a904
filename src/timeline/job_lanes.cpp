#include "timeline/job_lanes.hpp"

#include <algorithm>

#include "timeline/durations.hpp"
#include "timeline/steps.hpp"

namespace mc::timeline {
namespace {

/// Parts of a Load lane.
constexpr size_t kParts = 160;
/// Jobs that follow each other in a lane are at least this part of the timeline apart, so that even
/// the shortest can be seen without covering the next.
constexpr double kSmallest = 1.0 / 400;
/// Lanes of jobs that follow each other, below how many ran at a time.
constexpr size_t kPackedLanes = 16;

bool hasFailed(const JobTimes& job) {
  return job.status == "F" || job.status == "TO" || job.status == "CA";
}

std::string title(const JobTimes& job) {
  return job.name.empty() ? job.id : job.id + " " + job.name;
}

std::string detailOf(const JobTimes& job) {
  std::string text = job.status;
  if (job.tasks > 0)
    text += ", " + std::to_string(job.tasks) + (job.tasks == 1 ? " task" : " tasks");
  if (job.ranks != "-" && !job.ranks.empty()) text += " on rank " + job.ranks;
  return text;
}

double lastTime(const JobTimes& job) {
  return std::max({job.submit, job.depend, job.run, job.cleanup, job.inactive});
}

/// The states of RFC 21.
Lane jobLane(const JobTimes& job, double end) {
  Lane lane;
  lane.kind = LaneKind::Job;
  lane.name = title(job);
  lane.detail = detailOf(job);
  lane.failed = hasFailed(job);
  Steps steps;
  steps.at(job.submit, Tone::Pending, "depend");
  steps.at(job.depend, Tone::Waiting, "sched");
  steps.at(job.run, lane.failed ? Tone::Failed : Tone::Running, "run");
  steps.at(job.cleanup, Tone::Finishing, "cleanup");
  const bool ended = job.inactive > 0;
  lane.spans = steps.until(ended ? job.inactive : end, !ended);
  return lane;
}

/// A whole job as one span; its states are in the detail.
Span jobSpan(const JobTimes& job, double end) {
  Span span;
  span.open = job.inactive <= 0;
  span.begin = job.run;
  span.end = job.cleanup > 0 ? job.cleanup : std::max(span.open ? end : lastTime(job), job.run);
  span.tone = hasFailed(job) ? Tone::Failed : Tone::Running;
  span.name = title(job);
  span.detail = detailOf(job) + ", waited " + durationText(job.run - job.submit);
  return span;
}

Lane loadLane(const std::vector<JobTimes>& jobs, double begin, double end) {
  // What comes and goes in each part; a job that begins as another ends does not run beside it.
  std::vector<std::pair<double, int>> changes;
  for (const auto& job : jobs) {
    if (job.run <= 0) continue;
    const Span span = jobSpan(job, end);
    changes.push_back({span.begin, 1});
    changes.push_back({span.end, -1});
  }
  std::sort(changes.begin(), changes.end());
  Lane lane;
  lane.kind = LaneKind::Load;
  lane.name = std::to_string(jobs.size()) + " jobs: running";
  lane.load.assign(kParts, 0);
  const double part = (end - begin) / kParts;
  int running = 0;
  size_t next = 0;
  for (size_t i = 0; i < kParts; ++i) {
    int most = running;
    const double until = begin + static_cast<double>(i + 1) * part;
    for (; next < changes.size() && (changes[next].first < until || i + 1 == kParts); ++next)
      most = std::max(most, running += changes[next].second);
    lane.load[i] = most;
  }
  lane.detail = "at most " + std::to_string(*std::max_element(lane.load.begin(), lane.load.end())) +
                " at a time";
  return lane;
}

struct Packed {
  std::vector<Lane> lanes;
  size_t left = 0;  ///< jobs for which there was no place
};

/// Each job into the first lane in which it has a place.
Packed pack(const std::vector<JobTimes>& jobs, double begin, double end) {
  const double smallest = (end - begin) * kSmallest;
  std::vector<const JobTimes*> started;
  for (const auto& job : jobs)
    if (job.run > 0) started.push_back(&job);
  std::stable_sort(started.begin(), started.end(),
                   [](const auto* a, const auto* b) { return a->run < b->run; });
  Packed packed;
  std::vector<double> freeFrom;
  for (const auto* job : started) {
    const Span span = jobSpan(*job, end);
    const auto place = std::find_if(freeFrom.begin(), freeFrom.end(),
                                    [&](double time) { return time <= span.begin; });
    const auto index = static_cast<size_t>(place - freeFrom.begin());
    if (place == freeFrom.end()) {
      if (freeFrom.size() == kPackedLanes) {
        ++packed.left;
        continue;
      }
      freeFrom.push_back(0);
      packed.lanes.emplace_back().kind = LaneKind::Jobs;
    }
    freeFrom[index] = std::max(span.end, span.begin + smallest);
    packed.lanes[index].failed = packed.lanes[index].failed || span.tone == Tone::Failed;
    packed.lanes[index].spans.push_back(span);
  }
  for (auto& lane : packed.lanes) {
    lane.name = std::to_string(lane.spans.size()) + (lane.spans.size() == 1 ? " job" : " jobs");
    lane.detail = "one after the other";
  }
  return packed;
}

Lane moreLane(const MoreJobs& more) {
  Lane lane;
  lane.kind = LaneKind::Jobs;
  lane.name = std::to_string(more.count) + " more jobs";
  lane.detail = "there was no room to record them one by one";
  lane.spans = {{more.first, more.last, Tone::Running, "jobs", "", false}};
  return lane;
}

}  // namespace

std::vector<Lane> jobLanes(const std::vector<JobTimes>& jobs, const std::vector<MoreJobs>& more,
                           size_t limit, double begin, double end) {
  std::vector<Lane> lanes;
  if (jobs.size() <= limit) {
    for (const auto& job : jobs) lanes.push_back(jobLane(job, end));
  } else {
    lanes.push_back(loadLane(jobs, begin, end));
    Packed packed = pack(jobs, begin, end);
    for (auto& lane : packed.lanes) lanes.push_back(std::move(lane));
    if (packed.left > 0)
      lanes.front().detail +=
          "; " + std::to_string(packed.left) + " of them had no place in the lanes below";
  }
  for (const auto& group : more) lanes.push_back(moreLane(group));
  return lanes;
}

std::vector<Span> busyTimes(const std::vector<JobTimes>& jobs, double end) {
  std::vector<Span> spans;
  for (const auto& job : jobs)
    if (job.run > 0) spans.push_back(jobSpan(job, end));
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::vector<Span> joined;
  for (const auto& span : spans) {
    if (!joined.empty() && span.begin <= joined.back().end)
      joined.back().end = std::max(joined.back().end, span.end);
    else
      joined.push_back({span.begin, span.end, Tone::Running, "", "", false});
  }
  return joined;
}

}  // namespace mc::timeline
