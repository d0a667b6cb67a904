#include "flux/services/sched/scheduler.hpp"

#include <iterator>

#include "flux/formats/json.hpp"

namespace mc::flux::services::sched {

namespace {

// [sched-simple] alloc-mode: "worst-fit" (default) or "first-fit".
Fit fitOf(const boost::json::object& config) {
  const auto* table = formats::findObject(config, "sched-simple");
  const auto* mode = table ? formats::findString(*table, "alloc-mode") : nullptr;
  return mode != nullptr && *mode == "first-fit" ? Fit::First : Fit::Worst;
}

// queue-policy: "fcfs" (default) or "easy", named as Fluxion's, whose table is looked at as well.
bool backfillsBy(const boost::json::object& config) {
  for (const char* name : {"sched-simple", "sched-fluxion-qmanager"}) {
    const auto* table = formats::findObject(config, name);
    const auto* policy = table ? formats::findString(*table, "queue-policy") : nullptr;
    if (policy != nullptr) return *policy == "easy";
  }
  return false;
}

}  // namespace

Scheduler::Scheduler(broker::Host& host, resource::Inventory& inventory)
    : host_(host),
      inventory_(inventory),
      pool_(fitOf(host.config())),
      backfills_(backfillsBy(host.config())),
      schedule_(host.loop(), [this] { schedule(); }),
      watch_(inventory.onChange([this] { refresh(); })) {
  refresh();
}

void Scheduler::refresh() {
  pool_.define(inventory_.schedulable());
  pool_.setUp(inventory_.up());
  schedule_.schedule();
}

void Scheduler::request(const manager::AllocRequest& request) {
  auto pending = std::make_unique<Pending>();
  pending->id = request.id;
  pending->priority = request.priority;
  pending->duration = request.duration;
  pending->shape = request.shape;
  // Bad constraints were refused when the job was submitted.
  if (auto constraint = Constraint::parse(request.constraints))
    pending->constraint = std::move(*constraint);
  queue_.insert(pending.get());
  pending_[request.id] = std::move(pending);
  unchecked_.push_back(request.id);
  schedule_.schedule();
}

void Scheduler::cancel(JobId id) {
  forget(id);
  schedule_.schedule();  // another may be first now
}

void Scheduler::forget(JobId id) {
  const auto at = pending_.find(id);
  if (at == pending_.end()) return;
  queue_.erase(at->second.get());
  pending_.erase(at);
}

void Scheduler::reprioritize(JobId id, int64_t priority) {
  const auto at = pending_.find(id);
  if (at == pending_.end()) return;
  queue_.erase(at->second.get());
  at->second->priority = priority;
  queue_.insert(at->second.get());
  schedule_.schedule();
}

void Scheduler::release(JobId id, const formats::ResourceSet& resources) {
  holdings_.erase(id);
  pool_.release(resources);
  schedule_.schedule();
}

void Scheduler::setExpiration(JobId id, double expiration) {
  const auto at = holdings_.find(id);
  if (at == holdings_.end()) return;
  at->second.expiration = expiration;
  schedule_.schedule();
}

base::Status Scheduler::feasible(const formats::JobShape& shape,
                                 const boost::json::object& constraints) const {
  MC_TRY_ASSIGN(const Constraint constraint, Constraint::parse(constraints));
  if (!inventory_.complete()) return {};
  return pool_.feasible(shape, constraint);
}

// Ends the request if it can never be met.
bool Scheduler::deny(Pending& pending) {
  if (pending.checked || !inventory_.complete()) return false;
  const auto status = pool_.feasible(pending.shape, pending.constraint);
  pending.checked = true;
  if (status) return false;
  const JobId id = pending.id;
  forget(id);
  events_->onDeny(id, status.error().message);
  return true;
}

void Scheduler::schedule() {
  if (inventory_.complete())
    for (const JobId id : std::exchange(unchecked_, {}))
      if (const auto at = pending_.find(id); at != pending_.end()) deny(*at->second);
  while (!queue_.empty()) {
    const Pending& first = **queue_.begin();
    auto resources = pool_.allocate(first.shape, first.constraint);
    if (!resources) return backfill();
    grant(first, std::move(*resources));
  }
}

// Starts jobs from behind the first one that don't make it wait longer.
void Scheduler::backfill() {
  if (!backfills_ || queue_.size() < 2) return;
  const Pending& first = **queue_.begin();
  const double now = host_.loop().clock().wall();
  const auto reservation = reserve(pool_, holdings_, first.shape, first.constraint);
  if (!reservation) return;
  std::vector<JobId> candidates;
  for (auto at = std::next(queue_.begin());
       at != queue_.end() && candidates.size() < kBackfillDepth; ++at)
    candidates.push_back((*at)->id);
  for (const JobId id : candidates) {
    const auto at = pending_.find(id);
    if (at == pending_.end()) continue;
    const Pending& pending = *at->second;
    const bool inTime = pending.duration > 0 && now + pending.duration <= reservation->start;
    auto resources = inTime ? pool_.allocate(pending.shape, pending.constraint)
                            : takeBehind(pending, *reservation);
    if (resources) grant(pending, std::move(*resources));
  }
}

// From what the first one is not going to need.
std::optional<formats::ResourceSet> Scheduler::takeBehind(const Pending& pending,
                                                          const Reservation& reservation) {
  Pool rest = pool_;
  rest.withhold(reservation.resources);
  auto resources = rest.allocate(pending.shape, pending.constraint);
  if (resources) pool_.claim(*resources);
  return resources;
}

void Scheduler::grant(const Pending& pending, formats::ResourceSet resources) {
  const JobId id = pending.id;
  resources.starttime = host_.loop().clock().wall();
  if (pending.duration > 0) resources.expiration = resources.starttime + pending.duration;
  forget(id);
  if (backfills_) holdings_[id] = {resources.expiration, resources};
  events_->onAlloc(id, std::move(resources));
}

}  // namespace mc::flux::services::sched
