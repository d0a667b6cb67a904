#include "flux/services/resource/inventory.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/services/resource/config.hpp"

namespace mc::flux::services::resource {

namespace {

namespace json = boost::json;
using formats::Idset;

std::string rankWords(const Idset& ranks) {
  return (ranks.size() == 1 ? "rank " : "ranks ") + ranks.str();
}

base::Result<bool> optionalBool(const json::object& table, std::string_view key) {
  if (formats::find(table, key) == nullptr) return false;
  return formats::getBool(table, key).prefixed("resource");
}

}  // namespace

Inventory::Inventory(broker::Host& host, kvs::Store& store) : host_(host), store_(store) {
  if (const auto text = host.attribute("hostlist"))
    if (auto hosts = formats::Hostlist::parse(*text)) hosts_ = std::move(*hosts);
}

base::Result<std::unique_ptr<Inventory>> Inventory::make(
    broker::Host& host, kvs::Store& store, const std::optional<formats::ResourceSet>& enclosing) {
  std::unique_ptr<Inventory> inventory(new Inventory(host, store));
  MC_TRY(inventory->configure(enclosing));
  return inventory;
}

base::Status Inventory::configure(const std::optional<formats::ResourceSet>& enclosing) {
  MC_TRY_ASSIGN(auto configured, readConfiguredResources(host_.config(), hosts_));
  const bool fromJob = !configured && enclosing;
  if (fromJob) configured = enclosing;
  if (configured) {
    configured_ = true;
    verifies_ = !fromJob;
    all_ = std::move(*configured);
  }
  if (const auto* table = formats::findObject(host_.config(), "resource")) {
    MC_TRY_ASSIGN(const bool noverify, optionalBool(*table, "noverify"));
    if (noverify) verifies_ = false;
    if (const auto* exclude = formats::findString(*table, "exclude")) {
      MC_TRY_ASSIGN(excluded_, parseTargets(*exclude).prefixed("resource.exclude"));
    }
  }
  replayDrains();
  log("restart", {{"ranks", ranks().str()}, {"online", ""}, {"nodelist", nodelistOf(ranks())}});
  if (configured_) publishResources(fromJob ? "job-info" : "configuration");
  return {};
}

Idset Inventory::ranks() const {
  Idset out = Idset::range(0, host_.size() - 1);
  out.insert(all_.ranks());
  return out;
}

std::string Inventory::hostOf(uint32_t rank) const {
  if (rank < hosts_.size()) return hosts_.at(rank);
  const auto at = all_.nodes.find(rank);
  return at == all_.nodes.end() ? std::string() : at->second.host;
}

std::string Inventory::nodelistOf(const Idset& ranks) const {
  formats::Hostlist out;
  for (const uint32_t rank : ranks) out.append(hostOf(rank));
  return out.str();
}

double Inventory::log(std::string_view event, const json::object& context) {
  const double now = host_.loop().clock().wall();
  const std::string entry = formats::formatEvent(now, event, context);
  // Can't fail: only this service writes below "resource".
  (void)store_.primary().append("resource.eventlog", entry);
  events_.emit(event, entry.substr(0, entry.size() - 1));
  return now;
}

std::string Inventory::eventlog() const {
  const kvs::Node* log = store_.primary().find("resource.eventlog");
  return log != nullptr ? log->read() : std::string();
}

void Inventory::publishResources(std::string_view method) {
  (void)store_.primary().put("resource.R",
                             formats::toJson(all_.toJson(), formats::JsonStyle::Spaced));
  if (!complete() || std::exchange(defined_, true)) return;
  log("resource-define", {{"method", method}});
}

/// Only cores are looked at, as in flux-core: GPUs may be there without being seen.
void Inventory::verify(uint32_t rank, const formats::NodeResources& found) {
  const auto known = all_.nodes.find(rank);
  if (known == all_.nodes.end() || excluded_.contains(rank)) return;
  Idset missing = known->second.cores;
  missing.erase(found.cores);
  if (missing.empty()) return;
  const std::string reason =
      "missing resources: core" + (missing.size() == 1 ? missing.str() : "[" + missing.str() + "]");
  host_.log(broker::Severity::Error, "resource",
            "verify: rank " + std::to_string(rank) + " (" + hostOf(rank) + ") " + reason);
  (void)drain(Idset::single(rank), reason, DrainMode::Update).has_value();  // it is there
}

void Inventory::define(uint32_t rank, formats::NodeResources resources) {
  if (configured_) {
    if (verifies_) verify(rank, resources);
    return;
  }
  const std::string host = hostOf(rank);
  if (!host.empty()) resources.host = host;
  formats::NodeResources& known = all_.nodes[rank];
  if (known == resources) return;  // it has come back as it was
  known = std::move(resources);
  publishResources("dynamic-discovery");
  changes_.emit();
}

void Inventory::setOnline(const Idset& online) {
  Idset came = online;
  came.erase(online_);
  Idset gone = online_;
  gone.erase(online);
  online_ = online;
  if (!came.empty()) log("online", {{"idset", came.str()}});
  if (!gone.empty()) log("offline", {{"idset", gone.str()}});
  if (!came.empty() || !gone.empty()) changes_.emit();
}

base::Result<Idset> Inventory::parseTargets(std::string_view text) const {
  if (auto ids = Idset::parse(text)) {
    if (ids->empty()) return base::fail(EINVAL, "idset is empty");
    if (!ranks().containsAll(*ids)) return base::fail(EINVAL, "idset is out of range");
    return *ids;
  }
  MC_TRY_ASSIGN(const formats::Hostlist wanted, formats::Hostlist::parse(text));
  Idset out;
  for (const std::string& host : wanted.hosts()) {
    bool found = false;
    for (const uint32_t rank : ranks()) {
      if (hostOf(rank) != host) continue;
      out.insert(rank);
      found = true;
    }
    if (!found) return base::fail(EINVAL, "invalid targets: no host '" + host + "'");
  }
  return out;
}

base::Status Inventory::drain(const Idset& ranks, std::string_view reason, DrainMode mode) {
  if (ranks.intersects(excluded_))
    return base::fail(EINVAL, "drain: " + rankWords(ranks.intersection(excluded_)) + " excluded");
  Idset wanted = ranks;
  Idset already;
  for (const auto& [rank, drain] : drained_) {
    if (!ranks.contains(rank)) continue;
    if (mode == DrainMode::Fail) already.insert(rank);
    if (mode == DrainMode::Update && !drain.reason.empty()) wanted.erase(rank);
  }
  if (!already.empty()) return base::fail(EEXIST, rankWords(already) + " already drained");
  if (wanted.empty()) return {};
  json::object context{{"idset", wanted.str()}, {"nodelist", nodelistOf(wanted)}};
  if (!reason.empty()) context["reason"] = reason;
  const int overwrite = mode == DrainMode::OverwriteTime ? 2 : mode == DrainMode::Overwrite ? 1 : 0;
  context["overwrite"] = overwrite;
  const double now = log("drain", context);
  for (const uint32_t rank : wanted) {
    const auto [at, isNew] = drained_.try_emplace(rank, Drain{now, {}});
    at->second.reason = reason;
    if (mode == DrainMode::OverwriteTime) at->second.timestamp = now;
  }
  host_.log(broker::Severity::Info, "resource",
            "drain idset=" + wanted.str() + " nodelist=" + nodelistOf(wanted) +
                " overwrite=" + std::to_string(overwrite) + " reason=" + std::string(reason));
  changes_.emit();
  return {};
}

base::Status Inventory::undrain(const Idset& ranks) {
  Idset bad = ranks;
  for (const auto& [rank, drain] : drained_) bad.erase(rank);
  if (!bad.empty()) return base::fail(EINVAL, rankWords(bad) + " not drained");
  for (const uint32_t rank : ranks) drained_.erase(rank);
  log("undrain", {{"idset", ranks.str()}, {"nodelist", nodelistOf(ranks)}, {"overwrite", 0}});
  host_.log(
      broker::Severity::Info, "resource",
      "undrain idset=" + ranks.str() + " nodelist=" + nodelistOf(ranks) + " overwrite=0 reason=");
  changes_.emit();
  return {};
}

formats::ResourceSet Inventory::schedulable() const {
  Idset wanted = all_.ranks();
  wanted.erase(excluded_);
  return all_.slice(wanted);
}

Idset Inventory::up() const {
  Idset out = online_.intersection(all_.ranks());
  out.erase(excluded_);
  for (const auto& [rank, drain] : drained_) out.erase(rank);
  return out;
}

bool Inventory::complete() const {
  return configured_ || all_.ranks().containsAll(ranks());
}

}  // namespace mc::flux::services::resource
