#pragma once
// The shape of the broker tree: who is whose parent (attribute tbon.topo).
//
// Thread-safety: a value; const methods may run concurrently.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::overlay {

class Topology {
 public:
  /// One broker, alone.
  Topology() : parents_(1, 0) {}
  /// "kary:K" (K 0: rank 0 is everybody's parent), "binomial", or "mincrit[:K]" (K routers between
  /// rank 0 and the leaves; without K just so many that nobody has more than 1024 children). EINVAL
  /// with the reason for others.
  static base::Result<Topology> parse(std::string_view uri, uint32_t size);
  /// The parent of each rank, that of rank 0 being of no account ("custom"). EINVAL unless all ways
  /// lead to rank 0.
  static base::Result<Topology> custom(std::vector<uint32_t> parents);

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(parents_.size()); }
  /// None for rank 0.
  [[nodiscard]] std::optional<uint32_t> parent(uint32_t rank) const;
  /// Direct children, ascending.
  [[nodiscard]] std::vector<uint32_t> children(uint32_t rank) const;
  /// The child of `from` on the way down to `to`; none if `to` is not below `from`.
  [[nodiscard]] std::optional<uint32_t> childTowards(uint32_t from, uint32_t to) const;
  /// Hops from rank 0.
  [[nodiscard]] uint32_t level(uint32_t rank) const;
  [[nodiscard]] uint32_t maxLevel() const;
  /// `rank` and all below it.
  [[nodiscard]] formats::Idset subtree(uint32_t rank) const;
  /// Rank 0 and every other rank with children: the instance suffers if one of them is lost.
  [[nodiscard]] formats::Idset criticalRanks() const;

 private:
  explicit Topology(std::vector<uint32_t> parents) : parents_(std::move(parents)) {}
  [[nodiscard]] bool isBelow(uint32_t rank, uint32_t ancestor) const;
  std::vector<uint32_t> parents_;  // parents_[0] is 0
};

}  // namespace mc::flux::overlay
