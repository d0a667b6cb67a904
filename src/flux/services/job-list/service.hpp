#pragma once
// The job-list service (RFC 43): what is known of jobs, for everyone.
//
// It reads the job manager's table; it keeps nothing of its own but those who wait for a job to
// reach a state.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>
#include <unordered_map>

#include "flux/broker/service.hpp"
#include "flux/services/job-list/attributes.hpp"
#include "flux/services/job-list/match.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services::list {

class ListService final : public broker::Service {
 public:
  /// `manager` outlives the service.
  explicit ListService(manager::Manager& manager);

  [[nodiscard]] std::string name() const override { return "job-list"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

 private:
  using Payload = boost::json::object;
  base::Status list(const broker::Request& request, const Payload& payload);
  base::Status listId(const broker::Request& request, const Payload& payload);
  base::Status stats(const broker::Request& request);
  void answerWaiting(const manager::Job& job);

  struct Waiting {
    broker::Request request;
    Attributes attributes;
    int state;
  };

  manager::Manager& manager_;
  std::unordered_multimap<manager::JobId, Waiting> waiting_;
  base::Watch events_;
  Methods methods_;
};

}  // namespace mc::flux::services::list
