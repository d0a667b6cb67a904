#pragma once
// The instance's resources: what each rank has, whether it is there, and whether it may be used.
//
// Where the resources come from (flux-config-resource(5)): `resource.config` or the R file
// `resource.path`; in a nested instance else the job that it is; without either each rank is asked
// when it comes online. Ranks can then be used one by one as they come, but a request counts as
// unsatisfiable only once all are known.
//
// Kept in the KVS as `resource.R` and `resource.eventlog`.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.hpp"
#include "base/status.hpp"
#include "flux/broker/service.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/services/kvs/store.hpp"

namespace mc::flux::services::resource {

/// Why a rank is not to be used for new jobs.
struct Drain {
  double timestamp = 0;  ///< seconds since the epoch
  std::string reason;
};

/// What to do where a rank is drained already.
enum class DrainMode {
  Fail,
  Update,         ///< leave ranks with a reason alone
  Overwrite,      ///< replace the reason, keep the time
  OverwriteTime,  ///< replace both
};

class Inventory {
 public:
  /// Reads the configuration. EINVAL or the file's errno where it is bad. `host` and `store`
  /// outlive the inventory.
  /// `enclosing`: the resources of the job that this instance is; the configuration goes before it.
  static base::Result<std::unique_ptr<Inventory>> make(
      broker::Host& host, kvs::Store& store,
      const std::optional<formats::ResourceSet>& enclosing = {});

  /// Rank `rank` has said that it has this. Where the configuration decides, a rank that lacks
  /// configured cores is drained (unless `resource.noverify` is set).
  void define(uint32_t rank, formats::NodeResources resources);
  /// Exactly these ranks are online now.
  void setOnline(const formats::Idset& online);

  /// Reads an idset of ranks or a hostlist. EINVAL with the reason.
  [[nodiscard]] base::Result<formats::Idset> parseTargets(std::string_view text) const;
  base::Status drain(const formats::Idset& ranks, std::string_view reason, DrainMode mode);
  /// EINVAL "rank 1 not drained".
  base::Status undrain(const formats::Idset& ranks);

  /// Everything that is known, excluded ranks too.
  [[nodiscard]] const formats::ResourceSet& all() const { return all_; }
  /// What the scheduler may use when it is up.
  [[nodiscard]] formats::ResourceSet schedulable() const;
  /// Ranks that the scheduler may use now.
  [[nodiscard]] formats::Idset up() const;
  /// Whether all ranks of the instance are known.
  [[nodiscard]] bool complete() const;
  /// Whether ranks are to be asked for what they have: to learn it, or to verify it.
  [[nodiscard]] bool discovers() const { return !configured_ || verifies_; }
  [[nodiscard]] std::string hostOf(uint32_t rank) const;

  [[nodiscard]] const formats::Idset& online() const { return online_; }
  [[nodiscard]] const formats::Idset& excluded() const { return excluded_; }
  [[nodiscard]] const std::map<uint32_t, Drain>& drained() const { return drained_; }

  /// Calls back after each change.
  [[nodiscard]] base::Watch onChange(std::function<void()> callback) {
    return changes_.connect(std::move(callback));
  }

  /// Calls back with the name and the line of each new entry of the eventlog.
  using EventCallback = std::function<void(std::string_view event, std::string_view line)>;
  [[nodiscard]] base::Watch onEvent(EventCallback callback) {
    return events_.connect(std::move(callback));
  }
  /// resource.eventlog: what has happened, in earlier lives of the instance, too.
  [[nodiscard]] std::string eventlog() const;

 private:
  Inventory(broker::Host& host, kvs::Store& store);
  base::Status configure(const std::optional<formats::ResourceSet>& enclosing);
  void replayDrains();
  [[nodiscard]] formats::Idset ranks() const;
  [[nodiscard]] std::string nodelistOf(const formats::Idset& ranks) const;
  void verify(uint32_t rank, const formats::NodeResources& found);
  void publishResources(std::string_view method);
  double log(std::string_view event, const boost::json::object& context);

  broker::Host& host_;
  kvs::Store& store_;
  formats::Hostlist hosts_;  // by rank; empty: not known
  bool configured_ = false;
  bool verifies_ = false;
  bool defined_ = false;  // "resource-define" was logged
  formats::ResourceSet all_;
  formats::Idset online_;
  formats::Idset excluded_;
  std::map<uint32_t, Drain> drained_;
  base::Signal<> changes_;
  base::Signal<std::string_view, std::string_view> events_;
};

}  // namespace mc::flux::services::resource
