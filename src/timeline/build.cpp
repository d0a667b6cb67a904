#include "timeline/build.hpp"

#include <algorithm>

#include "entry/journal.hpp"
#include "timeline/job_lanes.hpp"
#include "timeline/journal_reader.hpp"
#include "timeline/pod_lanes.hpp"
#include "timeline/steps.hpp"

namespace mc::timeline {
namespace {

using engine::PodView;

/// What Flux knew of its jobs: in all runs of the lead, and now.
struct Instance {
  std::vector<JobTimes> jobs;
  std::vector<MoreJobs> more;
};

double stateTime(const std::vector<Moment>& states, std::string_view name) {
  double time = 0;
  for (const auto& state : states)
    if (state.name == name) time = state.time;
  return time;
}

void addStates(Facts& facts, const JournalRun& run) {
  for (const auto& phase : run.phases)
    if (phase.name == entry::phase::kRun) facts.readyAt = phase.time;
  const double quorum = stateTime(run.states, "quorum");
  const double ready = stateTime(run.states, "run");
  const double ending = stateTime(run.states, "cleanup");
  if (quorum > 0) facts.quorumAt = quorum;
  if (ready > 0) facts.readyAt = ready;
  if (ending > 0) facts.endingAt = ending;
}

void addInstance(Instance& instance, Facts& facts, const std::vector<JournalRun>& runs) {
  if (runs.empty()) return;
  addStates(facts, runs.back());
  for (const auto& run : runs) {
    instance.jobs.insert(instance.jobs.end(), run.jobs.begin(), run.jobs.end());
    instance.more.insert(instance.more.end(), run.more.begin(), run.more.end());
  }
}

const PodView* leadOf(const Sources& sources) {
  for (const auto& pod : sources.pods)
    if (pod.name == sources.cluster.leadPod) return &pod;
  for (const auto& pod : sources.pods)
    if (pod.role == plan::Role::Lead) return &pod;
  return nullptr;
}

double beginOf(const Sources& sources) {
  double begin = sources.cluster.createdAt;
  for (const auto& pod : sources.pods)
    if (pod.createdAt > 0 && (begin == 0 || pod.createdAt < begin)) begin = pod.createdAt;
  return begin > 0 ? begin : sources.now;
}

double lastEnd(const std::vector<Lane>& lanes) {
  double end = 0;
  for (const auto& lane : lanes)
    for (const auto& span : lane.spans) end = std::max(end, span.end);
  return end;
}

/// Lanes of a pod's containers besides the one that is drawn as the pod.
std::vector<Lane> containerLanes(const PodView& pod, const Facts& facts) {
  std::vector<Lane> lanes;
  for (size_t i = 1; i < pod.containers.size(); ++i)
    lanes.push_back(containerLane(pod, pod.containers[i], facts));
  return lanes;
}

/// One pod after the other with its containers; those over the limits together.
class PodLanes {
 public:
  PodLanes(const Facts& facts, const Limits& limits) : facts_(facts), limits_(limits) {}

  std::vector<Lane> of(const std::vector<const PodView*>& pods) {
    const bool all = pods.size() <= limits_.pods;
    // Of many, the first ones tell enough to see what the others are compared with.
    const size_t shown = all ? pods.size() : limits_.pods / 2;
    std::vector<Lane> rest;
    for (size_t i = 0; i < pods.size(); ++i) {
      if (i < shown || pods[i]->role == plan::Role::Services)
        add(*pods[i]);
      else
        rest.push_back(podLane(*pods[i], facts_));
    }
    if (!rest.empty()) lanes_.push_back(together(rest));
    return std::move(lanes_);
  }

 private:
  void add(const PodView& pod) {
    lanes_.push_back(podLane(pod, facts_));
    for (auto& lane : containerLanes(pod, facts_)) {
      if (containers_++ < limits_.containers) lanes_.push_back(std::move(lane));
    }
  }

  const Facts& facts_;
  const Limits& limits_;
  size_t containers_ = 0;
  std::vector<Lane> lanes_;
};

/// Lead, followers by index, then the services.
std::vector<const PodView*> inOrder(const Sources& sources) {
  std::vector<const PodView*> pods;
  for (const auto& pod : sources.pods) pods.push_back(&pod);
  const auto rank = [](const PodView* pod) {
    return std::pair(pod->role == plan::Role::Services, pod->index);
  };
  std::stable_sort(pods.begin(), pods.end(),
                   [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  return pods;
}

/// Cuts a time in which Flux runs into those in which jobs run and those in which none does.
void addWork(Steps& steps, const Span& runs, const std::vector<Span>& busy) {
  steps.at(runs.begin, Tone::Waiting, "no job runs");
  for (const auto& span : busy) {
    if (span.end <= runs.begin || span.begin >= runs.end) continue;
    steps.at(span.begin, Tone::Running, "jobs run");
    if (span.end < runs.end) steps.at(span.end, Tone::Waiting, "no job runs");
  }
}

/// What the cluster was waiting for: the steps of its lead, and what comes before and after them.
Lane clusterLane(const Sources& sources, const Lane* lead, const Instance& instance, double begin,
                 double end) {
  Lane lane;
  lane.kind = LaneKind::Cluster;
  lane.name = sources.cluster.ref.name;
  lane.detail = "what the cluster was waiting for";
  lane.failed = sources.cluster.finished && sources.cluster.exitCode != 0;
  const auto busy = instance.more.empty() ? busyTimes(instance.jobs, end) : std::vector<Span>();
  Steps steps;
  steps.at(begin, Tone::Pending, "before the first pod");
  double last = begin;
  bool open = true;
  if (lead != nullptr)
    for (const auto& span : lead->spans) {
      if (span.tone == Tone::Running && !busy.empty())
        addWork(steps, span, busy);
      else
        steps.at(span.begin, span.tone, span.name, span.detail);
      last = span.end;
      open = span.open;
    }
  if (lead != nullptr && !open && last < end) steps.at(last, Tone::Finishing, "ending the rest");
  lane.spans = steps.until(end, !sources.cluster.finished);
  return lane;
}

std::vector<Share> sharesOf(const Lane& cluster) {
  std::vector<Share> shares;
  for (const auto& span : cluster.spans) {
    const auto known = std::find_if(shares.begin(), shares.end(),
                                    [&](const Share& share) { return share.name == span.name; });
    if (known != shares.end())
      known->seconds += span.seconds();
    else
      shares.push_back({span.name, span.tone, span.seconds()});
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const Share& a, const Share& b) { return a.seconds > b.seconds; });
  return shares;
}

void addNotes(Timeline& timeline, const Sources& sources, const Facts& facts,
              const Instance& instance) {
  if (sources.pods.empty()) timeline.notes.emplace_back("There are no pods (any more).");
  const bool started = facts.readyAt > 0 || sources.cluster.startedAt > 0;
  if (facts.journals.empty() && started)
    timeline.notes.emplace_back(
        "What went on inside of the Flux containers was not recorded, or can't be read.");
  else if (instance.jobs.empty() && sources.cluster.finished)
    timeline.notes.emplace_back("No jobs were recorded.");
}

}  // namespace

Timeline build(const Sources& sources, const Limits& limits) {
  Facts facts;
  facts.now = sources.now;
  facts.alone = sources.cluster.size <= 1;
  facts.events = &sources.events;
  for (const auto& journal : sources.journals)
    facts.journals[journal.pod] = readJournal(journal.text);
  Instance instance;
  const PodView* lead = leadOf(sources);
  const auto recorded = lead == nullptr ? facts.journals.end() : facts.journals.find(lead->name);
  if (recorded != facts.journals.end()) addInstance(instance, facts, recorded->second);
  if (!sources.instance.empty()) addInstance(instance, facts, readJournal(sources.instance));

  Timeline timeline;
  timeline.ns = sources.cluster.ref.ns;
  timeline.name = sources.cluster.ref.name;
  timeline.outcome = sources.cluster.status;
  timeline.live = !sources.cluster.finished;
  timeline.begin = beginOf(sources);
  auto pods = PodLanes(facts, limits).of(inOrder(sources));
  timeline.end =
      timeline.live ? sources.now : std::clamp(lastEnd(pods), timeline.begin, sources.now + 1);
  if (!timeline.live) timeline.end = std::max(timeline.end, sources.cluster.finishedAt);
  // Something can be drawn also in the moment in which a cluster is made.
  timeline.end = std::max(timeline.end, timeline.begin + 0.001);
  const Lane* leadLane = nullptr;
  for (const auto& lane : pods)
    if (lead != nullptr && lane.kind == LaneKind::Pod && lane.name == lead->name) leadLane = &lane;
  timeline.lanes.push_back(clusterLane(sources, leadLane, instance, timeline.begin, timeline.end));
  for (auto& lane : pods) timeline.lanes.push_back(std::move(lane));
  for (auto& lane :
       jobLanes(instance.jobs, instance.more, limits.jobs, timeline.begin, timeline.end))
    timeline.lanes.push_back(std::move(lane));
  for (auto& lane : timeline.lanes) clip(lane.spans, timeline.begin, timeline.end);
  timeline.shares = sharesOf(timeline.lanes.front());
  addNotes(timeline, sources, facts, instance);
  return timeline;
}

}  // namespace mc::timeline
