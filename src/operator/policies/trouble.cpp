#include "operator/policies/trouble.hpp"

#include <boost/json.hpp>
#include <optional>

#include "entry/journal_words.hpp"
#include "operator/policies/observed.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Object;

namespace {

/// What a container has written last may be long; a condition's message is for one line.
constexpr size_t kLongestWords = 200;

/// Reasons to wait that every container passes through.
bool isUsual(std::string_view reason) {
  return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

bool isAboutImage(std::string_view reason) {
  return reason.find("Image") != std::string_view::npos;
}

/// The last line of a text that has something in it.
std::string lastLine(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t end = text.find_last_not_of(kBlank);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const size_t start = text.rfind('\n');
  if (start != std::string_view::npos) text.remove_prefix(start + 1);
  return std::string(text.substr(0, kLongestWords));
}

/// How a container ended; nothing if it did not, or as it should.
std::string ending(const Object& status, std::string_view state) {
  const auto exitCode = kube::findNumber(status, {state, "terminated", "exitCode"});
  if (!exitCode) return {};
  std::string text = "it ended with exit status " + std::to_string(*exitCode);
  const auto reason = kube::findText(status, {state, "terminated", "reason"});
  if (reason == "OOMKilled") text += " for want of memory";
  const auto words =
      lastLine(entry::journalWords(kube::findText(status, {state, "terminated", "message"})));
  return words.empty() ? text : text + ": " + words;
}

/// The first port of a sidecar or service: the one that is waited for.
std::optional<int32_t> portOf(const api::MiniCluster* wanted, std::string_view container) {
  if (wanted == nullptr) return std::nullopt;
  for (const auto* list : {&wanted->containers, &wanted->services})
    for (const auto& each : *list)
      if (!each.runFlux && each.name == container && !each.ports.empty()) return each.ports.front();
  return std::nullopt;
}

std::string whileWaiting(const Object& status, std::string_view reason) {
  std::string text(reason);
  const auto image = kube::findText(status, {"image"});
  if (isAboutImage(reason) && !image.empty()) text += " " + std::string(image);
  const auto before = ending(status, "lastState");
  return before.empty() ? text : text + ", " + before;
}

/// What is wrong with one container; empty: nothing. One that has ended well is no trouble.
std::string containerTrouble(const Object& status, const api::MiniCluster* wanted) {
  const auto reason = kube::findText(status, {"state", "waiting", "reason"});
  if (!isUsual(reason)) return whileWaiting(status, reason);
  if (kube::findNumber(status, {"state", "terminated", "exitCode"}).value_or(0) != 0)
    return ending(status, "state");
  const auto* started = status.if_contains("started");
  const bool runs = kube::findObject(status, {"state", "running"}) != nullptr;
  if (!runs || started == nullptr || !started->is_bool() || started->get_bool()) return {};
  const auto port = portOf(wanted, kube::findText(status, {"name"}));
  if (!port) return {};
  return "it runs, but nothing answers on its port " + std::to_string(*port);
}

/// Why it has no node yet.
std::string placementTrouble(const Object& pod) {
  const auto* conditions = kube::findArray(pod, {"status", "conditions"});
  for (const auto& each : conditions == nullptr ? json::array() : *conditions) {
    const auto* condition = each.if_object();
    if (condition != nullptr && kube::findText(*condition, {"type"}) == "PodScheduled" &&
        kube::findText(*condition, {"status"}) == "False")
      return std::string(kube::findText(*condition, {"reason"}));
  }
  return {};
}

}  // namespace

std::string troubleOf(const Object& pod, const api::MiniCluster* wanted) {
  if (isReady(pod)) return {};
  if (auto placement = placementTrouble(pod); !placement.empty()) return placement;
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    const auto* statuses = kube::findArray(pod, {"status", list});
    for (const auto& each : statuses == nullptr ? json::array() : *statuses) {
      if (!each.is_object()) continue;
      const auto trouble = containerTrouble(each.get_object(), wanted);
      if (trouble.empty()) continue;
      return "container " + std::string(kube::findText(each.get_object(), {"name"})) + ": " +
             trouble;
    }
  }
  return {};
}

std::string endOf(const Object& pod) {
  if (kube::findText(pod, {"status", "phase"}) != "Failed") return {};
  const auto reason = kube::findText(pod, {"status", "reason"});
  const auto message = kube::findText(pod, {"status", "message"});
  std::string text(reason.empty() ? "Failed" : reason);
  return message.empty() ? text : text + ": " + lastLine(message);
}

}  // namespace mc::controller
