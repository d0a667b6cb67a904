// Drained ranks over a restart of the instance: resource.eventlog tells.

#include "flux/formats/eventlog.hpp"
#include "flux/services/resource/inventory.hpp"

namespace mc::flux::services::resource {

void Inventory::replayDrains() {
  const auto events = formats::parseEventlog(eventlog());
  if (!events) return;
  for (const formats::Event& event : *events) {
    const bool drains = event.name == "drain";
    if (!drains && event.name != "undrain") continue;
    const auto* text = formats::findString(event.context, "idset");
    const auto ranks = text ? formats::Idset::parse(*text) : formats::Idset();
    if (!ranks) continue;
    const auto* reason = formats::findString(event.context, "reason");
    for (const uint32_t rank : *ranks) {
      if (!drains)
        drained_.erase(rank);
      else if (rank < host_.size())
        drained_.try_emplace(rank, Drain{event.timestamp, {}}).first->second.reason =
            reason ? std::string(*reason) : std::string();
    }
  }
}

}  // namespace mc::flux::services::resource
