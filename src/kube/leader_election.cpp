#include "kube/leader_election.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/rfc3339.hpp"
#include "kube/backoff.hpp"

namespace mc::kube {

using std::chrono::milliseconds;

namespace {

/// As client-go: candidates spread over this share more than the retry period.
constexpr double kSpread = 1.2;

std::string_view holderOf(const Object& lease) {
  return findText(lease, {"spec", "holderIdentity"});
}

Object& memberObject(Object& object, std::string_view name) {
  boost::json::value& member = object[name];
  if (!member.is_object()) member.emplace_object();
  return member.as_object();
}

}  // namespace

LeaderElector::LeaderElector(Client& client, Timer& timer, LeaderElectionOptions options,
                             LeaderCallbacks callbacks)
    : client_(client),
      timer_(timer),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)) {}

bool LeaderElector::isLeader() const {
  const std::lock_guard lock(mutex_);
  return leading_;
}

std::string LeaderElector::leader() const {
  const std::lock_guard lock(mutex_);
  return leader_;
}

Status LeaderElector::run(const std::stop_token& stop) {
  if (!acquire(stop)) return {};
  setLeading(true);
  if (callbacks_.started) callbacks_.started();
  Status outcome = renew(stop);
  setLeading(false);
  if (callbacks_.stopped) callbacks_.stopped();
  if (outcome && options_.releaseOnStop) release();
  return outcome;
}

bool LeaderElector::acquire(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (attempt(stop, options_.renewDeadline)) return true;
    if (!timer_.sleep(withJitter(options_.retryPeriod, kSpread), stop)) return false;
  }
  return false;
}

Status LeaderElector::renew(const std::stop_token& stop) {
  const auto now = [this] { return timer_.clock().steady(); };
  std::chrono::steady_clock::duration left = options_.renewDeadline;
  auto deadline = now() + left;
  while (timer_.sleep(std::min<std::chrono::nanoseconds>(options_.retryPeriod, left), stop)) {
    const auto begin = now();
    if (attempt(stop, std::chrono::ceil<milliseconds>(deadline - begin))) {
      deadline = begin + options_.renewDeadline;
    } else if (stop.stop_requested()) {
      break;
    } else if (heldByOther()) {
      return fail(Reason::Conflict,
                  "the lease " + options_.lease.text() + " was taken by " + leader());
    }
    left = deadline - now();
    if (left <= left.zero())
      return fail(Reason::Timeout,
                  "the lease " + options_.lease.text() + " could not be renewed in time");
  }
  return {};
}

bool LeaderElector::attempt(const std::stop_token& stop, milliseconds left) {
  const milliseconds usual = std::max(milliseconds(1000), options_.renewDeadline / 2);
  const CallOptions call{.stop = stop, .timeout = std::clamp(left, milliseconds(1), usual)};
  const Result<bool> held = tryToHold(call);
  if (!held && callbacks_.failed && !held.error().is(Reason::Canceled))
    callbacks_.failed(held.error());
  return held.value_or(false);
}

Result<bool> LeaderElector::tryToHold(const CallOptions& call) {
  if (isLeader()) {
    // Nobody else should have it: one request instead of two.
    const Status written = write(call);
    if (written) return true;
    if (!written.error().is(Reason::Conflict) && !written.error().is(Reason::NotFound))
      return tl::make_unexpected(written.error());
  }
  const auto lease = client_.get(kLeases, options_.lease, {}, call);
  if (!lease && !lease.error().is(Reason::NotFound)) return tl::make_unexpected(lease.error());
  if (!lease) return create(call);
  observe(*lease);
  if (heldByOther()) return false;
  MC_TRY(write(call));
  return true;
}

Result<bool> LeaderElector::create(const CallOptions& call) {
  const Object lease{
      {"apiVersion", kLeases.apiVersion()},
      {"kind", kLeases.kind},
      {"metadata", Object{{"name", options_.lease.name}, {"namespace", options_.lease.ns}}},
      {"spec", Object{{"leaseTransitions", 0}}}};
  MC_TRY_ASSIGN(const Object made, client_.create(kLeases, withHolder(lease), {}, call));
  observe(made);
  return true;
}

Status LeaderElector::write(const CallOptions& call) {
  MC_TRY_ASSIGN(const Object written, client_.update(kLeases, withHolder(lease_), {}, call));
  observe(written);
  return {};
}

/// What `stop` has ended can't end this: it has a deadline of its own.
void LeaderElector::release() {
  if (holderOf(lease_) != options_.identity) return;
  Object lease = withHolder(lease_);
  Object& spec = memberObject(lease, "spec");
  spec["holderIdentity"] = "";
  spec["leaseDurationSeconds"] = 1;
  const auto released = client_.update(kLeases, lease, {}, {.timeout = options_.renewDeadline});
  if (!released && callbacks_.failed) callbacks_.failed(released.error());
}

void LeaderElector::observe(const Object& lease) {
  const boost::json::value* seen = find(lease_, {"spec"});
  const boost::json::value* now = find(lease, {"spec"});
  if (seen == nullptr || now == nullptr || *seen != *now) observedAt_ = timer_.clock().steady();
  lease_ = lease;
  const std::string holder(holderOf(lease));
  {
    const std::lock_guard lock(mutex_);
    if (leader_ == holder) return;
    leader_ = holder;
  }
  if (!holder.empty() && callbacks_.newLeader) callbacks_.newLeader(holder);
}

bool LeaderElector::heldByOther() const {
  const std::string_view holder = holderOf(lease_);
  if (holder.empty() || holder == options_.identity) return false;
  const auto seconds = findNumber(lease_, {"spec", "leaseDurationSeconds"});
  const std::chrono::milliseconds duration =
      seconds ? std::chrono::seconds(*seconds) : options_.leaseDuration;
  return timer_.clock().steady() < observedAt_ + duration;
}

Object LeaderElector::withHolder(Object lease) const {
  Object& spec = memberObject(lease, "spec");
  const std::string now = base::formatTime(timer_.clock().wall());
  if (holderOf(lease) != options_.identity) {
    spec["acquireTime"] = now;
    if (!holderOf(lease).empty() || spec.contains("renewTime"))
      spec["leaseTransitions"] = findNumber(spec, {"leaseTransitions"}).value_or(0) + 1;
  }
  spec["holderIdentity"] = options_.identity;
  spec["renewTime"] = now;
  const auto duration = std::chrono::ceil<std::chrono::seconds>(options_.leaseDuration);
  spec["leaseDurationSeconds"] = duration.count();
  return lease;
}

void LeaderElector::setLeading(bool leading) {
  const std::lock_guard lock(mutex_);
  leading_ = leading;
}

std::string makeIdentity() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::array<unsigned char, 16> random{};
  if (::getrandom(random.data(), random.size(), 0) < 0) random = {};
  std::string identity = std::string(host.data()) + "_";
  for (size_t i = 0; i < random.size(); ++i) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", random[i]);
    if (i == 4 || i == 6 || i == 8 || i == 10) identity += '-';
    identity += hex.data();
  }
  return identity;
}

}  // namespace mc::kube
