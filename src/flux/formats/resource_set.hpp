#pragma once
// R, the set of resources a job or an instance has: cores and GPUs by broker rank (RFC 20, version
// 1).
//
// Thread-safety: a value; const methods may run concurrently.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::formats {

/// What one broker's node gives: logical core and GPU ids of its hwloc topology.
struct NodeResources {
  std::string host;  ///< may be empty where R carries no nodelist
  Idset cores;
  Idset gpus;

  [[nodiscard]] bool sameChildren(const NodeResources& other) const {
    return cores == other.cores && gpus == other.gpus;
  }
  bool operator==(const NodeResources&) const = default;
};

class ResourceSet {
 public:
  /// More ranks than this in one R are refused with EOVERFLOW.
  static constexpr size_t kMaxNodes = 262'144;

  /// Reads an R document; EINVAL with the reason for anything RFC 20 does not allow. Keys it does
  /// not know are ignored, `scheduling` is kept as it is.
  static base::Result<ResourceSet> parse(const json::object& document);
  static base::Result<ResourceSet> parse(std::string_view text);

  /// The R document; ranks with equal resources share an R_lite entry.
  [[nodiscard]] json::object toJson() const;

  std::map<uint32_t, NodeResources> nodes;  ///< by rank
  double starttime = 0;                     ///< seconds since the epoch; 0: none
  double expiration = 0;                    ///< seconds since the epoch; 0: never
  std::optional<int64_t> nslots;            ///< task slots, as sched-simple notes it
  std::map<std::string, Idset> properties;  ///< name -> ranks that have it
  json::value scheduling;                   ///< another scheduler's data; null: none

  [[nodiscard]] bool empty() const { return nodes.empty(); }
  [[nodiscard]] size_t nodeCount() const { return nodes.size(); }
  [[nodiscard]] size_t coreCount() const;
  [[nodiscard]] size_t gpuCount() const;
  [[nodiscard]] Idset ranks() const;
  /// Hosts in order of rank.
  [[nodiscard]] Hostlist nodelist() const;
  /// "rank[0-1]/core[0-1] rank2/core0,gpu0", as Flux's annotations and listings have it.
  [[nodiscard]] std::string summary() const;

  /// Only the given ranks; times and properties stay.
  [[nodiscard]] ResourceSet slice(const Idset& wanted) const;
  /// Adds the cores and GPUs of `other`; ranks that are new come with their host.
  void add(const ResourceSet& other);
  /// Takes the cores and GPUs of `other` away, and with its last core and GPU the rank.
  void remove(const ResourceSet& other);
  bool operator==(const ResourceSet&) const = default;
};

}  // namespace mc::flux::formats
