#include "timeline/pod_lanes.hpp"

#include <algorithm>
#include <charconv>

#include "entry/journal.hpp"
#include "timeline/durations.hpp"
#include "timeline/steps.hpp"

namespace mc::timeline {
namespace {

using engine::ContainerState;
using engine::ContainerView;
using engine::PodView;

constexpr const char* kRuns = "Flux runs";

double conditionSince(const PodView& pod, std::string_view type) {
  for (const auto& condition : pod.conditions)
    if (condition.type == type && condition.status) return condition.since;
  return 0;
}

/// "Successfully pulled image "nginx" in 1.523s (2.1s including waiting). Image size: ...": how
/// long it took (a duration of Go), and its name.
struct Pull {
  double end = 0;
  double seconds = 0;
  std::string image;
};

/// A duration of Go: "1m2.5s", "812ms"; 0 for anything else.
double goSeconds(std::string_view text) {
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return 0;
    text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    if (unit == "ms")
      sum += number / 1000;
    else if (unit == "s")
      sum += number;
    else if (unit == "m")
      sum += number * 60;
    else if (unit == "h")
      sum += number * 3600;
    text.remove_prefix(unit.size());
  }
  return sum;
}

std::vector<Pull> pullsOf(const PodView& pod, const Facts& facts) {
  std::vector<Pull> pulls;
  if (facts.events == nullptr) return pulls;
  for (const auto& event : *facts.events) {
    if (event.reason != "Pulled" || event.object != "pod/" + pod.name) continue;
    const size_t first = event.message.find('"');
    const size_t last = event.message.find("\" in ");
    if (first == std::string::npos || last == std::string::npos || last <= first) continue;
    std::string_view took = std::string_view(event.message).substr(last + 5);
    took = took.substr(0, took.find_first_of(" ("));
    pulls.push_back(
        {event.time, goSeconds(took), event.message.substr(first + 1, last - first - 1)});
  }
  return pulls;
}

/// The containers that this one's start had to wait for: sidecars that were started before it.
std::string sidecarsBefore(const PodView& pod, const ContainerView& own, double& firstStart) {
  std::string names;
  for (const auto& container : pod.containers) {
    const bool before = container.kind == plan::ContainerKind::Sidecar && container.startedAt > 0 &&
                        (own.startedAt == 0 || container.startedAt < own.startedAt);
    if (&container == &own || !before) continue;
    names += (names.empty() ? "" : ", ") + container.name;
    firstStart = firstStart == 0 ? container.startedAt : std::min(firstStart, container.startedAt);
  }
  return names;
}

/// From the pod's making to the start of its container.
void addBeforeStart(Steps& steps, const PodView& pod, const ContainerView& container,
                    const Facts& facts) {
  steps.at(pod.createdAt, Tone::Pending, "waiting for a node");
  const double placed = conditionSince(pod, "PodScheduled");
  steps.at(placed > 0 ? placed : pod.createdAt, Tone::Setup, "making containers");
  for (const auto& pull : pullsOf(pod, facts)) {
    if (container.startedAt > 0 && pull.end > container.startedAt + 1) continue;
    steps.at(pull.end - pull.seconds, Tone::Setup, "pulling " + pull.image);
    steps.at(pull.end, Tone::Setup, "making containers");
  }
  double first = 0;
  const std::string names = sidecarsBefore(pod, container, first);
  // Kubernetes starts sidecars one by one and Flux after them; the local engine all at once, where
  // it is the container itself that waits.
  const bool inOrder = first > 0 && (container.startedAt == 0 || first + 0.9 < container.startedAt);
  if (inOrder) steps.at(first, Tone::Waiting, "waiting for " + names);
}

/// What is wrong with a container that does not start.
std::string complaint(const ContainerView& container) {
  if (container.reason.empty() || container.reason == "ContainerCreating" ||
      container.reason == "PodInitializing")
    return {};
  return container.reason;
}

void addFluxPhase(Steps& steps, const Moment& moment, bool isLead, const Facts& facts) {
  const bool known = facts.readyAt > 0 && facts.readyAt >= moment.time - 1;
  if (!known) return steps.at(moment.time, Tone::Running, kRuns);
  steps.at(moment.time, Tone::Starting, "Flux starts");
  const bool waits = isLead && !facts.alone && facts.quorumAt >= moment.time;
  if (waits) steps.at(facts.quorumAt, Tone::Waiting, "waiting for the other brokers");
  if (!isLead) steps.at(facts.readyAt, Tone::Running, kRuns);
}

void addPhase(Steps& steps, const Moment& moment, bool isLead, const Facts& facts) {
  namespace phase = entry::phase;
  const std::string& name = moment.name;
  if (name == phase::kUsers || name == phase::kFiles)
    return steps.at(moment.time, Tone::Setup, "users and files");
  if (name == phase::kServers)
    return steps.at(moment.time, Tone::Waiting, "waiting for " + moment.detail);
  if (name == phase::kFlux) return addFluxPhase(steps, moment, isLead, facts);
  if (name == phase::kRun) return steps.at(moment.time, Tone::Running, kRuns);
  if (name == phase::kFinish) return steps.at(moment.time, Tone::Finishing, "Flux ends");
  steps.at(moment.time, Tone::Setup, "hook " + name);
}

void addRun(Steps& steps, const JournalRun& run, bool isLead, const Facts& facts) {
  steps.at(run.begin, Tone::Setup, "users and files");
  bool programs = false;
  double flux = 0, later = 0;
  for (const auto& moment : run.phases) {
    programs = programs || moment.name == entry::phase::kRun;
    if (moment.name == entry::phase::kFlux)
      flux = moment.time;
    else if (flux > 0 && later == 0)
      later = moment.time;
    addPhase(steps, moment, isLead, facts);
  }
  if (flux == 0 || programs || !isLead || later > 0) return;
  // Without an initial program only the broker's own states tell.
  if (facts.readyAt >= flux) steps.at(facts.readyAt, Tone::Running, kRuns);
  if (facts.endingAt >= flux) steps.at(facts.endingAt, Tone::Finishing, "Flux ends");
}

/// The runs before this one of a container that was started again.
void addRunsBefore(Steps& steps, const ContainerView& container, double since) {
  if (container.restarts == 0 || container.lastFinishedAt == 0) return;
  const std::string often =
      container.restarts == 1 ? "once" : std::to_string(container.restarts) + " times";
  steps.at(since, Tone::Failed, "started again " + often);
  steps.at(container.lastFinishedAt, Tone::Pending, "waiting to start again");
}

bool failedOne(const ContainerView& container) {
  return (container.state == ContainerState::Terminated && container.exitCode != 0) ||
         (container.state == ContainerState::Waiting && !complaint(container).empty());
}

/// When its lane ends, and whether it goes on.
struct End {
  double time = 0;
  bool open = false;
};

End endOf(const ContainerView& container, double now) {
  if (container.state == ContainerState::Terminated) return {container.finishedAt, false};
  return {now, true};
}

std::string detailOf(const ContainerView& container) {
  std::string text = container.image;
  if (container.state == ContainerState::Terminated)
    text += ", exit status " + std::to_string(container.exitCode);
  if (!container.reason.empty() && container.reason != "Completed") text += ", " + container.reason;
  if (!container.message.empty()) text += ": " + container.message;
  return text;
}

/// What fails at the end of a lane is drawn as failed.
void markFailure(Lane& lane, const ContainerView& container) {
  lane.failed = failedOne(container);
  if (lane.failed && container.state == ContainerState::Waiting && !lane.spans.empty()) {
    lane.spans.back().tone = Tone::Failed;
    lane.spans.back().name = complaint(container);
  }
}

using Step = Span;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The spans of all lanes, those of the same name together, in the order of their first ones.
std::vector<std::vector<Span>> byName(const std::vector<Lane>& lanes) {
  std::vector<std::vector<Span>> groups;
  for (const auto& lane : lanes)
    for (const auto& span : lane.spans) {
      const auto known = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
        return group.front().name == span.name;
      });
      if (known == groups.end())
        groups.push_back({span});
      else
        known->push_back(span);
    }
  return groups;
}

/// One step for the same step of several pods.
Step stepOf(const std::vector<Span>& spans) {
  std::vector<double> begins, ends, lengths;
  Step step = spans.front();
  for (const auto& span : spans) {
    begins.push_back(span.begin);
    ends.push_back(span.end);
    lengths.push_back(span.seconds());
    step.open = step.open || span.open;
  }
  const auto [least, most] = std::minmax_element(lengths.begin(), lengths.end());
  step.detail = std::to_string(spans.size()) + " pods, " + durationText(*least) + " to " +
                durationText(*most);
  step.begin = median(std::move(begins));
  step.end = median(std::move(ends));
  return step;
}

}  // namespace

Lane podLane(const PodView& pod, const Facts& facts) {
  Lane lane;
  lane.kind = LaneKind::Pod;
  lane.name = pod.name;
  Steps steps;
  if (pod.containers.empty()) {
    steps.at(pod.createdAt, Tone::Pending, "waiting for a node");
    lane.spans = steps.until(facts.now, true);
    return lane;
  }
  const ContainerView& container = pod.containers.front();
  lane.detail = detailOf(container);
  addBeforeStart(steps, pod, container, facts);
  const auto journal = facts.journals.find(pod.name);
  const bool isLead = pod.role == plan::Role::Lead;
  End end = endOf(container, facts.now);
  if (journal == facts.journals.end() || journal->second.empty()) {
    addRunsBefore(steps, container, pod.startedAt);
    steps.at(container.startedAt, Tone::Running,
             container.kind == plan::ContainerKind::Flux ? kRuns : "runs");
  } else {
    double before = 0;
    for (const auto& run : journal->second) {
      if (before > 0) steps.at(before, Tone::Pending, "waiting to start again");
      addRun(steps, run, isLead, facts);
      before = run.end.value_or(0);
      if (!run.error.empty()) lane.detail += "; " + run.error;
    }
    // Kubernetes' end is a whole second, and may seem to be before the last thing that was noted.
    if (!end.open) end.time = std::max({end.time, before, steps.last()});
  }
  lane.spans = steps.until(end.time, end.open);
  markFailure(lane, container);
  return lane;
}

Lane containerLane(const PodView& pod, const ContainerView& container, const Facts& facts) {
  Lane lane;
  lane.kind = LaneKind::Container;
  lane.name = container.name;
  lane.detail = "in " + pod.name + ": " + detailOf(container);
  Steps steps;
  steps.at(container.createdAt > 0 ? container.createdAt : pod.createdAt, Tone::Pending,
           "not started");
  addRunsBefore(steps, container, pod.startedAt > 0 ? pod.startedAt : pod.createdAt);
  steps.at(container.startedAt, Tone::Running, "runs");
  const End end = endOf(container, facts.now);
  lane.spans = steps.until(end.time, end.open);
  markFailure(lane, container);
  return lane;
}

Lane together(const std::vector<Lane>& lanes) {
  Lane lane;
  lane.kind = LaneKind::Pods;
  lane.name = std::to_string(lanes.size()) + " more pods";
  for (const auto& one : lanes) lane.failed = lane.failed || one.failed;
  std::vector<Step> common;
  double end = 0;
  bool open = false;
  for (const auto& spans : byName(lanes)) {
    // What only some went through would break up the steps of the others.
    if (spans.size() * 2 < lanes.size()) continue;
    common.push_back(stepOf(spans));
    end = std::max(end, common.back().end);
    open = open || common.back().open;
  }
  std::stable_sort(common.begin(), common.end(),
                   [](const Step& a, const Step& b) { return a.begin < b.begin; });
  Steps steps;
  for (auto& step : common) steps.at(step.begin, step.tone, step.name, step.detail);
  lane.spans = steps.until(end, open);
  return lane;
}

}  // namespace mc::timeline
