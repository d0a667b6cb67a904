#pragma once
// The job-info service (RFC 41): a job's data for its owner and the instance owner.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "flux/broker/service.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/job-info/eventlog_watch.hpp"
#include "flux/services/job-manager/manager.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services::info {

class InfoService final : public broker::Service {
 public:
  /// `manager` and `store` outlive the service.
  InfoService(manager::Manager& manager, kvs::Store& store);

  [[nodiscard]] std::string name() const override { return "job-info"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

 private:
  using Payload = boost::json::object;
  struct Watching {
    std::string sender;
    uint32_t matchtag = 0;
    manager::JobId job = 0;
    bool guest = false;  ///< of the job's namespace, not of its directory
    std::unique_ptr<EventlogWatch> watch;
  };
  using Id = uint64_t;

  base::Result<manager::Job*> jobOf(const broker::Request& request, const Payload& payload) const;
  base::Status lookup(const broker::Request& request, const Payload& payload);
  base::Result<boost::json::value> read(const manager::Job& job, std::string_view key,
                                        int64_t flags);
  base::Status watch(const broker::Request& request, const Payload& payload);
  base::Status cancel(const broker::Request& request, const Payload& payload);
  base::Result<manager::Job*> updatable(const broker::Request& request,
                                        const Payload& payload) const;
  base::Result<std::string> currentR(const manager::Job& job);
  base::Status updateLookup(const broker::Request& request, const Payload& payload);
  base::Status updateWatch(const broker::Request& request, const Payload& payload);
  base::Status updateCancel(const broker::Request& request, const Payload& payload);
  void onUpdate(const manager::Job& job, std::string_view event);
  Watching& add(const broker::Request& request, const manager::Job& job, std::string_view path);
  void remove(Id id);
  void endWatches(manager::JobId job, bool onlyGuest);

  manager::Manager& manager_;
  kvs::Store& store_;
  Id next_ = 0;
  std::unordered_map<Id, Watching> watches_;
  std::unordered_multimap<manager::JobId, Id> byJob_;
  std::set<std::tuple<std::string, uint32_t, Id>> bySender_;  // sender, matchtag
  std::vector<std::unique_ptr<EventlogWatch>> over_;
  Deferred bury_;                    // a watch must not be destroyed inside its own callbacks
  Streams<manager::JobId> updates_;  // of R
  base::Watch events_;
  Methods methods_;
};

}  // namespace mc::flux::services::info
