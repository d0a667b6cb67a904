#pragma once
// Constraints on the nodes of a job (RFC 31): properties, hostlist, ranks, and, or, not.
//
// Thread-safety: values; const methods may run concurrently.

#include <boost/json.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/status.hpp"
#include "flux/formats/idset.hpp"

namespace mc::flux::services::sched {

/// What a constraint can ask of a node.
struct NodeTraits {
  uint32_t rank = 0;
  std::string host;
  std::set<std::string> properties;
};

class Constraint {
 public:
  /// Matches every node.
  Constraint() = default;
  /// EINVAL with the operator that is unknown or has bad values.
  static base::Result<Constraint> parse(const boost::json::object& object);

  [[nodiscard]] bool matches(const NodeTraits& node) const;
  [[nodiscard]] bool empty() const { return kind_ == Kind::All && children_.empty(); }

 private:
  enum class Kind { All, Any, None, Properties, Hosts, Ranks };
  static base::Result<Constraint> parse(const boost::json::object& object, int depth);
  static base::Result<Constraint> parseOperator(std::string_view name,
                                                const boost::json::array& values, int depth);

  Kind kind_ = Kind::All;
  std::vector<Constraint> children_;
  std::set<std::string> wanted_;    // properties or hosts
  std::set<std::string> unwanted_;  // properties with '^'
  formats::Idset ranks_;
};

}  // namespace mc::flux::services::sched
