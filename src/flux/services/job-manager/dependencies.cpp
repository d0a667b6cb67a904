#include "flux/services/job-manager/dependencies.hpp"

#include <array>
#include <charconv>
#include <optional>

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

base::Result<Dependencies::Spec> Dependencies::parse(const json::value& value) {
  struct Known {
    std::string_view name;
    Scheme scheme;
    std::string_view shown;
  };
  static constexpr std::array kKnown{
      Known{"after", Scheme::After, "after-start"},
      Known{"afterany", Scheme::AfterAny, "after-finish"},
      Known{"afterok", Scheme::AfterOk, "after-success"},
      Known{"afternotok", Scheme::AfterNotOk, "after-failure"},
      Known{"begin-time", Scheme::BeginTime, "begin-time"},
  };
  const auto* object = value.if_object();
  const auto* scheme = object ? formats::findString(*object, "scheme") : nullptr;
  const auto* text = object ? formats::findString(*object, "value") : nullptr;
  if (scheme == nullptr || text == nullptr)
    return base::fail(EINVAL, "dependency must have the strings 'scheme' and 'value'");
  for (const Known& known : kKnown) {
    if (*scheme != known.name) continue;
    Spec spec{known.scheme, 0, 0, std::string(known.shown) + '='};
    if (spec.scheme == Scheme::BeginTime) {
      const char* end = text->data() + text->size();
      if (std::from_chars(text->data(), end, spec.beginTime).ptr != end || spec.beginTime < 0)
        return base::fail(EINVAL, "dependency begin-time:" + std::string(*text) +
                                      ": not a time in seconds since the epoch");
      spec.description += *text;
      return spec;
    }
    const auto id = formats::parseJobId(*text);
    if (!id)
      return base::fail(EINVAL, "dependency " + std::string(known.name) + ": '" +
                                    std::string(*text) + "' is not a valid jobid");
    spec.antecedent = *id;
    spec.description += formats::formatJobId(*id, formats::JobIdForm::F58);
    return spec;
  }
  return base::fail(EINVAL, "dependency scheme '" + std::string(*scheme) + "' is not known");
}

base::Status Dependencies::check(const json::value& dependencies, uint32_t userid) const {
  const auto* list = dependencies.if_array();
  if (list == nullptr) return base::fail(EINVAL, "dependencies must be a list");
  for (const auto& value : *list) {
    MC_TRY_ASSIGN(const Spec spec, parse(value));
    if (spec.scheme == Scheme::BeginTime) continue;
    const Job* antecedent = manager_.table().find(spec.antecedent);
    if (antecedent == nullptr)
      return base::fail(EINVAL, "dependency " + spec.description + ": job not found");
    if (antecedent->userid != userid)
      return base::fail(EINVAL, "dependency " + spec.description + ": job belongs to another user");
  }
  return {};
}

void Dependencies::onEvent(Job& job, std::string_view event) {
  if (event == "validate") return add(job);
  if (event == "start" || event == "clean") settle(job);
  if (event == "clean") timers_.erase(job.id);
}

void Dependencies::add(Job& job) {
  if (!job.active) return;
  for (const auto& value : job.active->dependencySpecs) {
    const auto spec = parse(value);
    if (spec) addOne(job, *spec);
  }
}

void Dependencies::addOne(Job& job, const Spec& spec) {
  manager_.addDependency(job, spec.description);
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
  const bool over = antecedent.state == State::Inactive;
  const bool started = antecedent.active ? antecedent.active->shellsStarted : hasRun(antecedent);
  const auto verdict = [&](Scheme scheme) -> std::optional<bool> {
    if (scheme == Scheme::After && started) return true;
    if (!over) return std::nullopt;
    if (scheme == Scheme::AfterAny) return true;
    if (scheme == Scheme::AfterOk) return antecedent.success();
    return scheme == Scheme::AfterNotOk && !antecedent.success();
  };
  const std::vector<Waiting> now = std::move(at->second);
  waiting_.erase(at);
  for (const Waiting& waiting : now)
    if (!verdict(waiting.spec.scheme)) later.push_back(waiting);
  if (!later.empty()) waiting_[antecedent.id] = std::move(later);
  for (const Waiting& waiting : now) {
    const auto isMet = verdict(waiting.spec.scheme);
    if (isMet) *isMet ? met(waiting) : failed(waiting);
  }
}

void Dependencies::met(const Waiting& waiting) {
  Job* job = manager_.table().find(waiting.dependent);
  if (job != nullptr && job->state == State::Depend)
    manager_.removeDependency(*job, waiting.spec.description);
}

void Dependencies::failed(const Waiting& waiting) {
  Job* job = manager_.table().find(waiting.dependent);
  if (job == nullptr || job->state != State::Depend) return;
  manager_.raise(*job, {.type = "dependency",
                        .severity = 0,
                        .note = "dependency " + waiting.spec.description + " can never be met",
                        .userid = manager_.host().owner()});
}

}  // namespace mc::flux::services::manager
