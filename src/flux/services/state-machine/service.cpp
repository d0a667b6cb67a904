#include "flux/services/state-machine/service.hpp"

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;
using broker::State;

class StateMachineService final : public broker::Service {
 public:
  explicit StateMachineService(broker::StateMachine& machine)
      : machine_(machine), watch_(machine.observe([this](State state) { onState(state); })) {
    methods_.add("get", Access::Anyone, [this](const auto& r, const auto&) { return get(r); });
    methods_.add("wait", Access::Anyone, [this](const auto& r, const auto&) { return wait(r); });
    methods_.add("monitor", Access::Owner,
                 [this](const auto& r, const auto& p) { return monitor(r, p); });
  }
  [[nodiscard]] std::string name() const override { return "state-machine"; }
  void handle(const Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override {
    waiting_.disconnect(sender);
    monitors_.disconnect(sender);
  }

 private:
  base::Status get(const Request& request) {
    request.respond(json::object{{"state", broker::toString(machine_.state())},
                                 {"duration", machine_.duration()}});
    return {};
  }

  /// Answered once the broker runs.
  base::Status wait(const Request& request) {
    if (!answerWait(request, machine_.state())) waiting_.add(request, {});
    return {};
  }

  static bool answerWait(const Request& request, State state) {
    if (state < State::Run) return false;
    if (state == State::Run)
      request.respond();
    else
      request.fail(ENOENT, "broker has surpassed RUN state");
    return true;
  }

  /// Each state from now on, up to "final".
  base::Status monitor(const Request& request, const json::object& payload) {
    const auto wanted = formats::getInteger(payload, "final");
    const int last = wanted ? static_cast<int>(*wanted) : static_cast<int>(State::Exit);
    if (!answerMonitor(request, last, machine_.state())) monitors_.add(request, last);
    return {};
  }

  /// True if no more answers follow.
  static bool answerMonitor(const Request& request, int last, State state) {
    const int number = static_cast<int>(state);
    if (number <= last) request.respond(json::object{{"state", number}});
    if (number >= last) request.fail(ENODATA);
    return number >= last || !request.streaming();
  }

  void onState(State state) {
    waiting_.drop([state](const auto& s) { return answerWait(s.request, state); });
    monitors_.drop([state](const auto& s) { return answerMonitor(s.request, s.extra, state); });
  }

  broker::StateMachine& machine_;
  Methods methods_;
  Streams<Nothing> waiting_;
  Streams<int> monitors_;
  base::Watch watch_;
};

}  // namespace

std::unique_ptr<broker::Service> makeStateMachine(broker::StateMachine& machine) {
  return std::make_unique<StateMachineService>(machine);
}

}  // namespace mc::flux::services
