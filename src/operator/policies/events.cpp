#include "operator/policies/events.hpp"

#include <boost/json.hpp>

#include "operator/policies/status.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Severity;

namespace {

const json::object& none() {
  static const json::object kNone;
  return kNone;
}

const json::object& condition(const json::object& status, std::string_view type) {
  const auto* all = kube::findArray(status, {"conditions"});
  if (all == nullptr) return none();
  for (const auto& each : *all)
    if (each.is_object() && kube::findText(each.get_object(), {"type"}) == type)
      return each.get_object();
  return none();
}

/// One condition before and after.
struct Turn {
  const json::object& before;
  const json::object& after;

  [[nodiscard]] static bool isTrue(const json::object& condition) {
    return kube::findText(condition, {"status"}) == "True";
  }
  [[nodiscard]] bool began() const { return !isTrue(before) && isTrue(after); }
  [[nodiscard]] bool ended() const { return isTrue(before) && !isTrue(after); }
  [[nodiscard]] bool reasonChanged() const { return text(before, "reason") != reason(); }
  [[nodiscard]] bool messageChanged() const { return text(before, "message") != message(); }
  [[nodiscard]] std::string reason() const { return text(after, "reason"); }
  [[nodiscard]] std::string message() const { return text(after, "message"); }

 private:
  static std::string text(const json::object& condition, const char* key) {
    return std::string(kube::findText(condition, {key}));
  }
};

std::string numberText(const json::object& status, const char* field) {
  return std::to_string(kube::findNumber(status, {field}).value_or(0));
}

std::string pods(const json::object& status) {
  const auto size = kube::findNumber(status, {"size"}).value_or(0);
  return std::to_string(size) + (size == 1 ? " pod" : " pods");
}

}  // namespace

std::vector<Step> stepsBetween(const json::object& before, const json::object& after) {
  std::vector<Step> steps;
  const auto turn = [&](const char* type) {
    return Turn{condition(before, type), condition(after, type)};
  };
  const auto add = [&](Severity severity, const std::string& reason, const char* action,
                       std::string note) {
    steps.push_back({severity, reason, action, std::move(note)});
  };
  const Turn accepted = turn("Accepted");
  const Turn ready = turn("Ready");
  const Turn running = turn("Running");
  const Turn suspended = turn("Suspended");
  const bool refused = !Turn::isTrue(accepted.after);
  if (refused && (accepted.reasonChanged() || accepted.messageChanged()))
    add(Severity::Warning, accepted.reason(), "Refuse", accepted.message());
  if (accepted.began() && before.empty())
    add(Severity::Normal, "Created", "Create", "asked for " + pods(after));
  const bool resized = before.contains("size") && before.at("size") != after.at("size");
  if (resized)
    add(Severity::Normal, "Scaled", "Scale",
        "from " + numberText(before, "size") + " to " + pods(after));
  if (suspended.began()) add(Severity::Normal, "Suspended", "Suspend", suspended.message());
  if (suspended.ended() && kube::findText(after, {"completionTime"}).empty())
    add(Severity::Normal, "Resumed", "Resume", "the pods start anew");
  if (ready.reason() == "CreateFailed" && ready.messageChanged())
    add(Severity::Warning, "CreateFailed", "Create", ready.message());
  if (ready.reason() == kServicesLost && ready.messageChanged())
    add(Severity::Warning, ready.reason(), "Restart", ready.message());
  if (ready.reason() == "ServicesNotReady" && ready.ended())
    add(Severity::Warning, ready.reason(), "Restart", ready.message());
  if (running.reason() == "LeadBrokerLost" && running.ended())
    add(Severity::Warning, "LeadBrokerLost", "Restart",
        "the lead broker's pod is gone; the instance starts anew");
  if (ready.began())
    add(Severity::Normal, "Ready", "Start",
        "all of " + pods(after) + " ready; lead broker " + running.message());
  for (const char* type : {"Succeeded", "Failed"})
    if (const Turn end = turn(type); end.began())
      add(type[0] == 'S' ? Severity::Normal : Severity::Warning, end.reason(), "Finish",
          end.message());
  return steps;
}

}  // namespace mc::controller
