#include "flux/services/job-manager/dependencies.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "flux/formats/json.hpp"

namespace mc::flux::services::manager {

namespace {

namespace json = boost::json;

bool hasRun(const Job& job) {
  return job.times.run > 0;
}

}  // namespace

Dependencies::Dependencies(Manager& manager)
    : manager_(manager),
      watch_(manager.onEvent([this](Job& job, std::string_view event) { onEvent(job, event); })) {}

base::Result<Dependencies::Spec> Dependencies::parse(const json::value& value, size_t index) {
  struct Known {
    std::string_view name;
    Scheme scheme;
    std::string_view shown;
  };
  static constexpr std::array kKnown{
      Known{"after", Scheme::After, "after-start"},
      Known{"afterstart", Scheme::After, "after-start"},
      Known{"afterany", Scheme::AfterAny, "after-finish"},
      Known{"afterok", Scheme::AfterOk, "after-success"},
      Known{"afternotok", Scheme::AfterNotOk, "after-failure"},
      Known{"afterexcept", Scheme::AfterExcept, "after-except"},
      Known{"begin-time", Scheme::BeginTime, "begin-time"},
  };
  const std::string where = "dependency[" + std::to_string(index) + "]";
  const auto* object = value.if_object();
  const auto* scheme = object ? formats::findString(*object, "scheme") : nullptr;
  const auto* text = object ? formats::findString(*object, "value") : nullptr;
  if (scheme == nullptr) return base::fail(EINVAL, where + " missing string scheme");
  if (text == nullptr) return base::fail(EINVAL, where + " missing string value");
  const auto* known = std::find_if(kKnown.begin(), kKnown.end(),
                                   [&](const Known& entry) { return entry.name == *scheme; });
  if (known == kKnown.end())
    return base::fail(EINVAL, "dependency scheme \"" + std::string(*scheme) + "\" not supported");
  Spec spec;
  spec.scheme = known->scheme;
  spec.name = *scheme;
  spec.value = *text;
  spec.description = std::string(known->shown) + '=' + spec.value;
  if (spec.scheme == Scheme::BeginTime) return parseBeginTime(std::move(spec));
  const auto id = formats::parseJobId(spec.value);
  if (!id)
    return base::fail(EINVAL,
                      "dependency: " + spec.name + ": \"" + spec.value + "\" is not a valid jobid");
  spec.antecedent = *id;
  return spec;
}

base::Result<Dependencies::Spec> Dependencies::parseBeginTime(Spec spec) {
  const char* end = spec.value.data() + spec.value.size();
  const auto read = std::from_chars(spec.value.data(), end, spec.beginTime);
  if (read.ec != std::errc{} || read.ptr != end || spec.beginTime < 0 ||
      !std::isfinite(spec.beginTime))
    return base::fail(EINVAL, "Invalid begin-time=" + spec.value);
  char buffer[400];  // as many digits as a double can have before the point, and more
  std::snprintf(buffer, sizeof buffer, "begin-time=%.3f", spec.beginTime);
  spec.description = buffer;
  return spec;
}

base::Status Dependencies::check(const json::value& dependencies, uint32_t userid) const {
  const auto* list = dependencies.if_array();
  if (list == nullptr) return base::fail(EINVAL, "dependencies object must be an array");
  for (size_t i = 0; i < list->size(); ++i) {
    MC_TRY_ASSIGN(const Spec spec, parse((*list)[i], i));
    if (spec.scheme == Scheme::BeginTime) continue;
    const Job* antecedent = manager_.table().find(spec.antecedent);
    if (antecedent == nullptr)
      return base::fail(EINVAL,
                        "dependency: " + spec.name + ": id " + spec.value + ": job not found");
    if (antecedent->userid != userid)
      return base::fail(EINVAL, spec.name + ": Permission denied for job " + spec.value);
    MC_TRY(checkEnded(spec, *antecedent));
  }
  return {};
}

base::Status Dependencies::checkEnded(const Spec& spec, const Job& antecedent) {
  const Verdict verdict = verdictOf(spec.scheme, antecedent);
  if (verdict == Verdict::NeverStarted)
    return base::fail(EINVAL, "dependency: after: " + spec.value + " never started");
  if (verdict != Verdict::Never) return {};
  const std::string job = "dependency: " + spec.name + ": job " + spec.value;
  if (spec.scheme == Scheme::AfterOk) return base::fail(EINVAL, job + " failed or was canceled");
  return base::fail(EINVAL,
                    job + (spec.scheme == Scheme::AfterExcept ? ": no exception" : " succeeded"));
}

// A job that was ended before it got resources satisfies nothing but afterany.
Dependencies::Verdict Dependencies::verdictOf(Scheme scheme, const Job& antecedent) {
  const bool started = antecedent.active ? antecedent.active->shellsStarted : hasRun(antecedent);
  if (scheme == Scheme::After && started) return Verdict::Met;
  if (antecedent.state != State::Inactive) return Verdict::Undecided;
  if (scheme == Scheme::AfterAny) return Verdict::Met;
  if (scheme == Scheme::After || !hasRun(antecedent)) return Verdict::NeverStarted;
  const bool met = scheme == Scheme::AfterOk      ? antecedent.success()
                   : scheme == Scheme::AfterNotOk ? !antecedent.success()
                                                  : antecedent.ended();
  return met ? Verdict::Met : Verdict::Never;
}

void Dependencies::onEvent(Job& job, std::string_view event) {
  if (event == "validate") return add(job);
  if (event == "restore") return resume(job);
  if (event == "start" || event == "clean") settle(job);
  if (event == "clean") timers_.erase(job.id);
}

void Dependencies::add(Job& job) {
  if (!job.active) return;
  for (const auto& value : job.active->dependencySpecs) {
    const auto spec = parse(value, 0);
    if (spec) addOne(job, *spec);
  }
}

// The eventlog of a job that comes from an earlier life of the instance has its dependencies.
void Dependencies::resume(Job& job) {
  for (const auto& value : job.active->dependencySpecs) {
    const auto spec = parse(value, 0);
    if (spec && job.active->dependencies.contains(spec->description)) follow(job, *spec);
  }
}

void Dependencies::addOne(Job& job, const Spec& spec) {
  manager_.addDependency(job, spec.description);
  follow(job, spec);
}

void Dependencies::follow(const Job& job, const Spec& spec) {
  const Waiting waiting{job.id, spec};
  base::Loop& loop = manager_.host().loop();
  if (spec.scheme == Scheme::BeginTime) {
    const auto delay = std::chrono::duration<double>(spec.beginTime - loop.clock().wall());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::min(delay, std::chrono::duration<double>(std::chrono::hours(24 * 365 * 100))));
    timers_[job.id].push_back(loop.after(nanoseconds, [this, waiting] { met(waiting); }));
    return;
  }
  waiting_[spec.antecedent].push_back(waiting);
  Job* antecedent = manager_.table().find(spec.antecedent);
  if (antecedent != nullptr && (antecedent->state == State::Inactive || hasRun(*antecedent)))
    timers_[job.id].push_back(loop.after(std::chrono::nanoseconds(0), [this, id = spec.antecedent] {
      if (Job* found = manager_.table().find(id)) settle(*found);
    }));
}

// Tells the jobs that wait for `antecedent` what they can know by now.
void Dependencies::settle(Job& antecedent) {
  const auto at = waiting_.find(antecedent.id);
  if (at == waiting_.end()) return;
  std::vector<Waiting> later;
  std::vector<std::pair<Waiting, Verdict>> decided;
  for (const Waiting& waiting : at->second) {
    const Verdict verdict = verdictOf(waiting.spec.scheme, antecedent);
    if (verdict == Verdict::Undecided)
      later.push_back(waiting);
    else
      decided.emplace_back(waiting, verdict);
  }
  if (later.empty())
    waiting_.erase(at);
  else
    at->second = std::move(later);
  for (const auto& [waiting, verdict] : decided)
    verdict == Verdict::Met ? met(waiting) : failed(waiting, verdict);
}

void Dependencies::met(const Waiting& waiting) {
  Job* job = manager_.table().find(waiting.dependent);
  if (job != nullptr && job->state == State::Depend)
    manager_.removeDependency(*job, waiting.spec.description);
}

void Dependencies::failed(const Waiting& waiting, Verdict verdict) {
  Job* job = manager_.table().find(waiting.dependent);
  if (job == nullptr || job->state != State::Depend) return;
  const char* why =
      verdict == Verdict::NeverStarted ? " job never started" : " can never be satisfied";
  manager_.raise(*job, {.type = "dependency",
                        .severity = 0,
                        .note = "dependency " + waiting.spec.description + why,
                        .userid = manager_.host().owner()});
}

}  // namespace mc::flux::services::manager
