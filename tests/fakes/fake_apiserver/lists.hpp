#pragma once
// Reading many objects: selectors, pages, and lists as they were at an older revision.
//
// Source: "Retrieving large results sets in chunks" and "Semantics for get and list" of the
// Kubernetes API concepts. Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "fakes/fake_apiserver/selectors.hpp"
#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

/// The query parameters that lists and watches share.
struct Selection {
  LabelSelector labels;
  FieldSelector fields;
  [[nodiscard]] bool matches(const boost::json::object& shown) const {
    return labels.matches(shown) && fields.matches(shown);
  }
};

Outcome<Selection> readSelection(const Target& target, const std::string& labelSelector,
                                 const std::string& fieldSelector);

struct ListQuery {
  std::string labelSelector;
  std::string fieldSelector;
  int64_t limit = 0;  ///< 0: all
  std::string continueToken;
  std::string resourceVersion;
  std::string resourceVersionMatch;
};

/// {"kind":"PodList",...}
Outcome<boost::json::object> listObjects(const World& world, const Target& target,
                                         const ListQuery& query);

/// The keys of what a selection finds now.
Outcome<std::vector<StoreKey>> selectKeys(const World& world, const Target& target,
                                          const ListQuery& query);

/// A resourceVersion as a number; an error for what is none.
Outcome<int64_t> readRevision(const std::string& text);

}  // namespace mc::fakes
