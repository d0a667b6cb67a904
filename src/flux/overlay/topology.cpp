#include "flux/overlay/topology.hpp"

#include <algorithm>
#include <charconv>

namespace mc::flux::overlay {
namespace {

base::Result<uint32_t> parseFanout(std::string_view text) {
  uint32_t fanout = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fanout);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return base::fail(EINVAL, "fanout '" + std::string(text) + "' is not a number");
  return fanout;
}

uint32_t karyParent(uint32_t rank, uint32_t fanout) {
  return fanout == 0 ? 0 : (rank - 1) / fanout;
}

/// The parent in a binomial tree is the rank without its lowest set bit.
uint32_t binomialParent(uint32_t rank) {
  return rank & (rank - 1);
}

}  // namespace

base::Result<Topology> Topology::parse(std::string_view uri, uint32_t size) {
  constexpr std::string_view kKary = "kary:";
  if (size == 0) return base::fail(EINVAL, "an instance has at least one broker");
  std::vector<uint32_t> parents(size, 0);
  if (uri == "binomial") {
    for (uint32_t rank = 1; rank < size; ++rank) parents[rank] = binomialParent(rank);
    return Topology(std::move(parents));
  }
  if (uri.substr(0, kKary.size()) != kKary)
    return base::fail(EINVAL,
                      "unknown topology '" + std::string(uri) + "': kary:K and binomial are known");
  MC_TRY_ASSIGN(const uint32_t fanout, parseFanout(uri.substr(kKary.size())));
  for (uint32_t rank = 1; rank < size; ++rank) parents[rank] = karyParent(rank, fanout);
  return Topology(std::move(parents));
}

std::optional<uint32_t> Topology::parent(uint32_t rank) const {
  if (rank == 0 || rank >= size()) return std::nullopt;
  return parents_[rank];
}

std::vector<uint32_t> Topology::children(uint32_t rank) const {
  std::vector<uint32_t> found;
  for (uint32_t r = rank + 1; r < size(); ++r)
    if (parents_[r] == rank) found.push_back(r);
  return found;
}

std::optional<uint32_t> Topology::childTowards(uint32_t from, uint32_t to) const {
  if (to >= size()) return std::nullopt;
  while (to > from) {
    if (parents_[to] == from) return to;
    to = parents_[to];
  }
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

formats::Idset Topology::subtree(uint32_t rank) const {
  auto members = formats::Idset::single(rank);
  for (uint32_t r = rank + 1; r < size(); ++r)
    if (members.contains(parents_[r])) members.insert(r);
  return members;
}

formats::Idset Topology::criticalRanks() const {
  auto ranks = formats::Idset::single(0);
  for (uint32_t rank = 1; rank < size(); ++rank) ranks.insert(parents_[rank]);
  return ranks;
}

}  // namespace mc::flux::overlay
