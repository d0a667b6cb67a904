#pragma once
// Objects of any kind in one shape, so that `get` prints them all alike.
//
// Thread-safety: none.

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/resources.hpp"
#include "cli/selector.hpp"
#include "engine/engine.hpp"

namespace mc::cli {

struct Item {
  Kind kind = Kind::Pod;
  std::string ns;
  std::string name;
  std::string plainName;  ///< of a pod: without its suffix; otherwise the name
  api::StringMap labels;
  /// Cells of the table below `header(kind)`, AGE at `ageCell`.
  std::vector<std::string> cells;
  std::vector<std::string> wideCells;  ///< what -o wide adds
  std::function<boost::json::object()> object;
  bool owned = false;  ///< belongs to something else and goes with it

  [[nodiscard]] bool named(const std::string& word) const {
    return word == name || word == plainName;
  }
};

/// Column titles; `wide` are those that -o wide adds.
struct Header {
  std::vector<std::string> cells;
  std::vector<std::string> wideCells;
  size_t ageCell = 0;
};
const Header& header(Kind kind);

/// All objects of a kind in a namespace (empty: in all), sorted by namespace and name.
/// `now` is for the AGE column.
base::Result<std::vector<Item>> listItems(engine::Engine& engine, Kind kind, const std::string& ns,
                                          double now, std::stop_token stop);

Item podItem(const engine::PodView& pod, double now);
Item clusterItem(const engine::ClusterView& cluster, double now);
Item serviceItem(const engine::ServiceView& service, double now);
Item objectItem(const engine::ObjectView& object, double now);

}  // namespace mc::cli
