#include "flux/services/resource/service.hpp"

#include <unistd.h>

#include "flux/formats/json.hpp"
#include "flux/services/resource/discovery.hpp"

namespace mc::flux::services::resource {

namespace {

namespace json = boost::json;
using broker::Request;
using formats::Idset;

constexpr std::string_view kOnlineGroup = "broker.online";

std::string hostname() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

base::Result<formats::NodeResources> readProbe(const broker::Answer& answer) {
  if (!answer) return base::pass(answer.error());
  const auto* payload = answer->if_object();
  if (payload == nullptr) return base::fail(EPROTO, "answer is no object");
  formats::NodeResources out;
  MC_TRY_ASSIGN(out.host, formats::getString(*payload, "hostname"));
  MC_TRY_ASSIGN(const std::string_view cores, formats::getString(*payload, "cores"));
  MC_TRY_ASSIGN(const std::string_view gpus, formats::getString(*payload, "gpus"));
  MC_TRY_ASSIGN(out.cores, Idset::parse(cores));
  MC_TRY_ASSIGN(out.gpus, Idset::parse(gpus));
  return out;
}

base::Result<DrainMode> readMode(const json::object& payload) {
  const auto* mode = formats::findString(payload, "mode");
  if (mode == nullptr || mode->empty()) return DrainMode::Fail;
  if (*mode == "update") return DrainMode::Update;
  if (*mode == "overwrite") return DrainMode::Overwrite;
  if (*mode == "force-overwrite") return DrainMode::OverwriteTime;
  return base::fail(EINVAL, "unknown drain mode '" + std::string(*mode) + "'");
}

}  // namespace

json::object schedStatus(const Inventory& inventory, const formats::ResourceSet& allocated) {
  const formats::ResourceSet all = inventory.schedulable();
  Idset down = all.ranks();
  down.erase(inventory.up());
  return {
      {"all", all.toJson()}, {"down", all.slice(down).toJson()}, {"allocated", allocated.toJson()}};
}

ProbeService::ProbeService() {
  methods_.add("get", Access::Owner, [](const Request& request, const json::object&) {
    const formats::NodeResources found = discover(thisSystem());
    request.respond(json::object{
        {"hostname", hostname()}, {"cores", found.cores.str()}, {"gpus", found.gpus.str()}});
    return base::Status();
  });
}

ResourceService::ResourceService(broker::Host& host, Inventory& inventory,
                                 std::function<formats::ResourceSet()> allocated)
    : host_(host), inventory_(inventory), allocated_(std::move(allocated)), journal_(inventory) {
  methods_.add("status", Access::Anyone,
               [this](const Request& request, const Payload&) { return status(request); });
  methods_.add("sched-status", Access::Anyone, [this](const Request& request, const Payload&) {
    request.respond(schedStatus(inventory_, allocated_()));
    return base::Status();
  });
  methods_.add("drain", Access::Owner, [this](const Request& request, const Payload& payload) {
    return drain(request, payload);
  });
  methods_.add("undrain", Access::Owner, [this](const Request& request, const Payload& payload) {
    return undrain(request, payload);
  });
  methods_.add("journal", Access::Owner,
               [this](const Request& request, const Payload&) { return journal_.open(request); });
  methods_.add("journal-cancel", Access::Owner,
               [this](const Request& request, const Payload& payload) {
                 return journal_.cancel(request, payload);
               });
  members_ = host_.rpc("groups.get", json::object{{"name", kOnlineGroup}}, host_.rank(), true,
                       [this](const broker::Answer& answer) { onMembers(answer); });
}

void ResourceService::onMembers(const broker::Answer& answer) {
  if (!answer)
    return host_.log(broker::Severity::Error, "resource",
                     "can't follow who is online: " + answer.error().message);
  const auto* payload = answer->if_object();
  const auto* members = payload ? formats::findString(*payload, "members") : nullptr;
  if (members == nullptr) return;
  const auto online = Idset::parse(*members);
  if (!online) return;
  Idset came = *online;
  came.erase(inventory_.online());
  inventory_.setOnline(*online);
  std::erase_if(probes_, [&](const auto& entry) { return !online->contains(entry.first); });
  if (!inventory_.discovers()) return;
  for (const uint32_t rank : came) probe(rank);
}

void ResourceService::probe(uint32_t rank) {
  if (rank == host_.rank()) {
    formats::NodeResources found = discover(thisSystem());
    found.host = hostname();
    return inventory_.define(rank, std::move(found));
  }
  probes_[rank] = host_.rpc("resource-probe.get", json::object(), rank, false,
                            [this, rank](const broker::Answer& answer) {
                              auto found = readProbe(answer);
                              if (found) return inventory_.define(rank, std::move(*found));
                              host_.log(broker::Severity::Error, "resource",
                                        "rank " + std::to_string(rank) + " does not tell what it " +
                                            "has: " + found.error().message);
                            });
}

base::Status ResourceService::status(const Request& request) {
  Idset offline = inventory_.all().ranks();
  offline.erase(inventory_.online());
  json::object drained;
  for (const auto& [rank, drain] : inventory_.drained())
    drained[std::to_string(rank)] =
        json::object{{"timestamp", drain.timestamp}, {"reason", drain.reason}};
  request.respond(json::object{{"R", inventory_.all().toJson()},
                               {"online", inventory_.online().str()},
                               {"offline", offline.str()},
                               {"exclude", inventory_.excluded().str()},
                               {"torpid", ""},
                               {"drain", std::move(drained)}});
  return {};
}

base::Status ResourceService::drain(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const std::string_view targets, formats::getString(payload, "targets"));
  MC_TRY_ASSIGN(const Idset ranks, inventory_.parseTargets(targets));
  MC_TRY_ASSIGN(const DrainMode mode, readMode(payload));
  const auto* reason = formats::findString(payload, "reason");
  MC_TRY(inventory_.drain(ranks, reason ? std::string_view(*reason) : std::string_view(), mode));
  request.respond();
  return {};
}

base::Status ResourceService::undrain(const Request& request, const Payload& payload) {
  MC_TRY_ASSIGN(const std::string_view targets, formats::getString(payload, "targets"));
  MC_TRY_ASSIGN(Idset ranks, inventory_.parseTargets(targets));
  const auto* mode = formats::findString(payload, "mode");
  if (mode != nullptr && *mode == "force") {  // those that are not drained don't matter
    Idset drained;
    for (const auto& [rank, drain] : inventory_.drained()) drained.insert(rank);
    ranks = ranks.intersection(drained);
  }
  if (!ranks.empty()) MC_TRY(inventory_.undrain(ranks));
  request.respond();
  return {};
}

}  // namespace mc::flux::services::resource
