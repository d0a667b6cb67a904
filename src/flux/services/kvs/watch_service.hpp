#pragma once
// The kvs-watch service: the value of a key, and its changes from then on.
//
// A key is looked at once per turn of the loop in which its namespace has changed; several writes
// in one turn are told as one.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <list>
#include <string>

#include "flux/broker/service.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/kvs/store.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services::kvs {

class WatchService final : public broker::Service {
 public:
  /// `store` outlives the service.
  WatchService(base::Loop& loop, Store& store);

  [[nodiscard]] std::string name() const override { return "kvs-watch"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

 private:
  struct Watching {
    broker::Request request;
    std::string ns;
    std::string key;
    int64_t flags = 0;
    std::optional<std::string> last;  ///< what was sent: bytes, or a tree object's text
    base::Watch changes;
  };

  base::Status lookup(const broker::Request& request, const boost::json::object& payload);
  base::Status cancel(const broker::Request& request, const boost::json::object& payload);
  void lookAtAll();
  base::Result<bool> look(Watching& watching);
  base::Status send(Watching& watching, const Node& node, const Namespace& ns);

  Store& store_;
  std::list<Watching> watches_;
  Deferred look_;
  Methods methods_;
};

}  // namespace mc::flux::services::kvs
