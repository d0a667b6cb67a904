#include "flux/services/job-manager/job_table.hpp"

#include <algorithm>
#include <bit>

namespace mc::flux::services::manager {

namespace {

// The list that a state's jobs are in; NEW jobs are about to become pending.
int listOf(State state) {
  const int mask = bit(state);
  if ((mask & kRunning) != 0) return kRunning;
  return state == State::Inactive ? mask : kPending;
}

size_t indexOf(State state) {
  return std::countr_zero(static_cast<unsigned>(bit(state)));
}

}  // namespace

Job& JobTable::add(std::unique_ptr<Job> job) {
  Place& place = jobs_[job->id];
  place.job = std::move(job);
  newest_ = std::max(newest_, place.job->id);
  history_[place.job->userid].push_back(place.job->id);
  place.countedState = place.job->state;
  place.countedOutcome = place.job->outcome;
  place.priority = place.job->priority;
  link(place);
  count(place, 1);
  return *place.job;
}

Job* JobTable::find(JobId id) const {
  const auto at = jobs_.find(id);
  return at == jobs_.end() ? nullptr : at->second.job.get();
}

void JobTable::moved(Job& job) {
  Place& place = jobs_.at(job.id);
  if (place.countedState == job.state && place.priority == job.priority) return;
  const bool stays = place.list == listOf(job.state) && place.priority == job.priority;
  count(place, -1);
  if (!stays) unlink(place);
  place.countedState = job.state;
  place.countedOutcome = job.outcome;
  place.priority = job.priority;
  if (!stays) link(place);
  count(place, 1);
}

void JobTable::purge(Job& job) {
  const auto at = jobs_.find(job.id);
  auto& history = history_[job.userid];
  const auto old = std::lower_bound(history.begin(), history.end(), job.id);
  if (old != history.end() && *old == job.id) history.erase(old);
  count(at->second, -1);
  unlink(at->second);
  jobs_.erase(at);
  ++counts_.purged;
}

const std::vector<JobId>& JobTable::historyOf(uint32_t userid) const {
  static const std::vector<JobId> kNone;
  const auto at = history_.find(userid);
  return at == history_.end() ? kNone : at->second;
}

void JobTable::unlink(Place& place) {
  if (place.list == kPending) pending_.erase(place.pendingAt);
  if (place.list == kRunning) running_.erase(place.recentAt);
  if (place.list == bit(State::Inactive)) inactive_.erase(place.recentAt);
  place.list = 0;
}

void JobTable::link(Place& place) {
  place.list = listOf(place.job->state);
  if (place.list == kPending)
    place.pendingAt = pending_.insert(place.job.get()).first;
  else if (place.list == kRunning)
    place.recentAt = running_.insert(running_.begin(), place.job.get());
  else
    place.recentAt = inactive_.insert(inactive_.begin(), place.job.get());
}

void JobTable::count(const Place& place, int direction) {
  const auto change = [direction](size_t& number) { direction > 0 ? ++number : --number; };
  change(counts_.byState[indexOf(place.countedState)]);
  switch (place.countedOutcome) {
    case Outcome::None:
      break;
    case Outcome::Completed:
      change(counts_.successful);
      break;
    case Outcome::Failed:
      change(counts_.failed);
      break;
    case Outcome::Canceled:
      change(counts_.canceled);
      break;
    case Outcome::Timeout:
      change(counts_.timeout);
      break;
  }
}

}  // namespace mc::flux::services::manager
