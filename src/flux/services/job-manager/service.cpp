#include "flux/services/job-manager/service.hpp"

namespace mc::flux::services::manager {

ManagerService::ManagerService(Manager& manager, Updates::Feasible feasible)
    : manager_(manager),
      dependencies_(manager),
      waits_(manager),
      updates_(manager, std::move(feasible)),
      journal_(manager),
      watch_(manager.onEvent([this](Job&, std::string_view event) {
        if (!drains_.empty() && (event == "clean" || event == "free")) answerDrained();
      })) {
  addJobMethods();
  methods_.add("update", Access::Anyone,
               [this](const broker::Request& request, const Payload& payload) {
                 return updates_.handle(request, payload);
               });
  methods_.add("events-journal", Access::Owner,
               [this](const broker::Request& request, const Payload& payload) {
                 return journal_.open(request, payload);
               });
  methods_.add("events-journal-cancel", Access::Owner,
               [this](const broker::Request& request, const Payload& payload) {
                 return journal_.cancel(request, payload);
               });
  addQueueMethods();
}

void ManagerService::add(const char* method, Access access, Handler handler) {
  methods_.add(method, access,
               [this, handler](const broker::Request& request, const Payload& payload) {
                 return (this->*handler)(request, payload);
               });
}

void ManagerService::disconnect(const std::string& sender) {
  waits_.disconnect(sender);
  journal_.disconnect(sender);
  drains_.remove_if([&](const Drain& drain) { return drain.request.sender() == sender; });
}

}  // namespace mc::flux::services::manager
