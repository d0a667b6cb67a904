#pragma once
// Nodes with their free cores and GPUs, and the choice of those that a job gets.
//
// Worst fit, as sched-simple's default: the nodes with most free cores first, so that small jobs
// are spread. A slot never spans nodes. The cost of a choice depends on the number of nodes, not of
// jobs.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/services/sched/constraint.hpp"

namespace mc::flux::services::sched {

enum class Fit {
  Worst,  ///< emptiest node first
  First,  ///< lowest rank first
};

class Pool {
 public:
  explicit Pool(Fit fit) : fit_(fit) {}

  /// What there is, from now on; what jobs hold of it stays held.
  void define(const formats::ResourceSet& resources);
  /// Exactly these ranks may be used for new jobs.
  void setUp(const formats::Idset& ranks);

  /// Takes resources for a job; nothing if there are not enough now.
  std::optional<formats::ResourceSet> allocate(const formats::JobShape& shape,
                                               const Constraint& constraint);
  /// Takes these resources, which must be free.
  void claim(const formats::ResourceSet& resources);
  void release(const formats::ResourceSet& resources);
  /// What of these is free now is not given to anybody.
  void withhold(const formats::ResourceSet& resources);
  [[nodiscard]] const formats::ResourceSet& allocated() const { return allocated_; }

  /// ENOSPC "unsatisfiable request: ..." if even all nodes, up and free, would not do.
  [[nodiscard]] base::Status feasible(const formats::JobShape& shape,
                                      const Constraint& constraint) const;

 private:
  struct Node {
    NodeTraits traits;
    formats::NodeResources all;
    formats::NodeResources free;
    bool up = false;

    [[nodiscard]] bool idle() const { return all.sameChildren(free); }
  };

  static uint64_t slotsIn(const formats::NodeResources& node, const formats::JobShape& shape);
  std::vector<Node*> candidates(const formats::JobShape& shape, const Constraint& constraint);
  static void take(Node& node, const formats::JobShape& shape, uint64_t slots,
                   formats::ResourceSet& out);

  Fit fit_;
  std::map<uint32_t, Node> nodes_;
  formats::ResourceSet allocated_;
};

}  // namespace mc::flux::services::sched
