#include "flux/services/heartbeat/service.hpp"

#include "flux/formats/json.hpp"

namespace mc::flux::services {

namespace json = boost::json;

Heartbeat::Heartbeat(broker::Host& host, std::function<bool()> listened)
    : host_(host), listened_(std::move(listened)) {
  methods_.add("stats-get", Access::Anyone, [](const broker::Request& request, const auto&) {
    request.respond(json::object{{"period", static_cast<double>(kPeriod.count())}});
    return base::Status();
  });
  if (host_.rank() == 0)
    members_ = host_.rpc("groups.get", json::object{{"name", kGroup}}, 0, true,
                         [this](const broker::Answer& answer) { onMembers(answer); });
}

void Heartbeat::onSubscriptions() {
  const bool wanted = listened_();
  if (wanted == joined_) return;
  joined_ = wanted;
  host_.notify(wanted ? "groups.join" : "groups.leave", json::object{{"name", kGroup}},
               host_.rank());
}

void Heartbeat::onMembers(const broker::Answer& answer) {
  const auto* payload = answer ? answer->if_object() : nullptr;
  const auto* members = payload != nullptr ? formats::findString(*payload, "members") : nullptr;
  if (members == nullptr || members->empty())
    timer_.reset();
  else if (!timer_)
    wait();
}

void Heartbeat::wait() {
  timer_ = host_.loop().after(kPeriod, [this] {
    host_.publish(kTopic, nullptr);
    wait();
  });
}

}  // namespace mc::flux::services
