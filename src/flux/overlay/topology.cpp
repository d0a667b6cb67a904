#include "flux/overlay/topology.hpp"

#include <algorithm>
#include <charconv>

namespace mc::flux::overlay {
namespace {

/// The most children that "mincrit" gives to one broker.
constexpr uint32_t kMaxFanout = 1024;

base::Result<uint32_t> parseCount(std::string_view text, const char* what) {
  uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return base::fail(EINVAL, std::string(what) + " '" + std::string(text) + "' is not a number");
  return count;
}

uint32_t karyParent(uint32_t rank, uint32_t fanout) {
  return fanout == 0 ? 0 : (rank - 1) / fanout;
}

/// The parent in a binomial tree is the rank without its lowest set bit.
uint32_t binomialParent(uint32_t rank) {
  return rank & (rank - 1);
}

/// The fewest routers with which rank 0 and the routers have at most kMaxFanout children each; if
/// no number will do, rank 0 has more.
uint32_t fewestRouters(uint32_t size) {
  const uint32_t others = size - 1;
  if (others <= kMaxFanout) return 0;
  return (others + kMaxFanout) / (kMaxFanout + 1);  // each brings itself and its leaves
}

/// The routers are the ranks after 0; leaves go to them in turn.
uint32_t mincritParent(uint32_t rank, uint32_t routers) {
  return rank <= routers || routers == 0 ? 0 : 1 + (rank - routers - 1) % routers;
}

template <class ParentOf>
std::vector<uint32_t> parentsOf(uint32_t size, ParentOf parentOf) {
  std::vector<uint32_t> parents(size, 0);
  for (uint32_t rank = 1; rank < size; ++rank) parents[rank] = parentOf(rank);
  return parents;
}

}  // namespace

base::Result<Topology> Topology::parse(std::string_view uri, uint32_t size) {
  if (size == 0) return base::fail(EINVAL, "an instance has at least one broker");
  const size_t colon = uri.find(':');
  const std::string_view scheme = uri.substr(0, colon);
  const bool hasCount = colon != std::string_view::npos;
  const std::string_view count = hasCount ? uri.substr(colon + 1) : std::string_view();
  if (scheme == "binomial" && !hasCount) return Topology(parentsOf(size, binomialParent));
  if (scheme == "kary" && hasCount) {
    MC_TRY_ASSIGN(const uint32_t fanout, parseCount(count, "fanout"));
    return Topology(parentsOf(size, [=](uint32_t rank) { return karyParent(rank, fanout); }));
  }
  if (scheme == "mincrit") {
    uint32_t routers = fewestRouters(size);
    if (hasCount) {
      MC_TRY_ASSIGN(routers, parseCount(count, "number of routers"));
    }
    return Topology(parentsOf(size, [=](uint32_t rank) { return mincritParent(rank, routers); }));
  }
  return base::fail(EINVAL, "unknown topology '" + std::string(uri) +
                                "': kary:K, mincrit[:K], binomial and custom are known");
}

base::Result<Topology> Topology::custom(std::vector<uint32_t> parents) {
  if (parents.empty()) return base::fail(EINVAL, "an instance has at least one broker");
  parents[0] = 0;
  const auto size = static_cast<uint32_t>(parents.size());
  for (uint32_t rank = 1; rank < size; ++rank) {
    uint32_t at = rank;
    for (uint32_t hops = 0; at != 0; ++hops) {
      if (at >= size || hops >= size)
        return base::fail(EINVAL, "no way leads from rank " + std::to_string(rank) + " to rank 0");
      at = parents[at];
    }
  }
  return Topology(std::move(parents));
}

std::optional<uint32_t> Topology::parent(uint32_t rank) const {
  if (rank == 0 || rank >= size()) return std::nullopt;
  return parents_[rank];
}

std::vector<uint32_t> Topology::children(uint32_t rank) const {
  std::vector<uint32_t> found;
  for (uint32_t r = 1; r < size(); ++r)
    if (parents_[r] == rank) found.push_back(r);
  return found;
}

std::optional<uint32_t> Topology::childTowards(uint32_t from, uint32_t to) const {
  if (to >= size()) return std::nullopt;
  for (; to != 0; to = parents_[to])
    if (parents_[to] == from) return to;
  return std::nullopt;
}

uint32_t Topology::level(uint32_t rank) const {
  uint32_t hops = 0;
  for (; rank > 0; rank = parents_[rank]) ++hops;
  return hops;
}

uint32_t Topology::maxLevel() const {
  uint32_t deepest = 0;
  for (uint32_t rank = 0; rank < size(); ++rank) deepest = std::max(deepest, level(rank));
  return deepest;
}

bool Topology::isBelow(uint32_t rank, uint32_t ancestor) const {
  for (; rank != ancestor; rank = parents_[rank])
    if (rank == 0) return false;
  return true;
}

formats::Idset Topology::subtree(uint32_t rank) const {
  if (rank == 0) return formats::Idset::range(0, size() - 1);
  formats::Idset members;
  for (uint32_t r = 1; r < size(); ++r)
    if (isBelow(r, rank)) members.insert(r);
  return members;
}

formats::Idset Topology::criticalRanks() const {
  auto ranks = formats::Idset::single(0);
  for (uint32_t rank = 1; rank < size(); ++rank) ranks.insert(parents_[rank]);
  return ranks;
}

}  // namespace mc::flux::overlay
