#pragma once
// The service "groups": named sets of broker ranks, e.g. broker.online, which `flux uptime` and the
// resource service read.
//
// Each broker knows the members in its own subtree; rank 0 knows all. Changes travel up the tree,
// those of one turn of the loop in one message.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <map>
#include <string>
#include <vector>

#include "flux/broker/service.hpp"
#include "flux/formats/idset.hpp"
#include "flux/services/deferred.hpp"
#include "flux/services/methods.hpp"
#include "flux/services/streams.hpp"

namespace mc::flux::services {

class Groups final : public broker::Service {
 public:
  explicit Groups(broker::Host& host);
  [[nodiscard]] std::string name() const override { return "groups"; }
  void handle(const broker::Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override;

  /// These ranks are gone without a word: they leave all groups.
  void lost(const formats::Idset& ranks);

  [[nodiscard]] formats::Idset members(const std::string& group) const;

 private:
  struct Group {
    formats::Idset members;
    bool joined = false;  ///< this broker is a member, at the wish of
    std::string joiner;
    Streams<Nothing> watchers;
  };
  /// Ranks that join or leave.
  struct Change {
    bool set;
    formats::Idset ranks;
  };

  base::Status join(const broker::Request& request, const boost::json::object& payload);
  base::Status leave(const broker::Request& request, const boost::json::object& payload);
  base::Status get(const broker::Request& request, const boost::json::object& payload);
  base::Status update(const boost::json::object& payload);
  void change(const std::string& group, bool set, const formats::Idset& ranks);
  void flush();
  void apply(Group& group, const std::vector<Change>& changes);

  broker::Host& host_;
  Methods methods_;
  std::map<std::string, Group, std::less<>> groups_;
  std::map<std::string, std::vector<Change>, std::less<>> batch_;
  Deferred flush_;
};

}  // namespace mc::flux::services
