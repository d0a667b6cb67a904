#pragma once
// ObjectMeta of our objects.
//
// Source: Kubernetes API, meta/v1 ObjectMeta and OwnerReference. Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "operator/objects/blueprint.hpp"

namespace mc::controller {

/// How an object belongs to its MiniCluster.
enum class Ownership {
  Sole,    ///< the MiniCluster is its controller
  Shared,  ///< one owner of several: the object goes with the last
};

boost::json::object ownerReference(const Blueprint& blueprint, Ownership ownership);

/// Labels of all objects of one MiniCluster.
boost::json::object clusterLabels(const Blueprint& blueprint);

boost::json::object toJson(const api::StringMap& map);

/// {apiVersion, kind, metadata} with name, namespace, labels and owner.
boost::json::object startObject(const Blueprint& blueprint, const char* apiVersion,
                                const char* kind, const std::string& name);

/// Adds kAppliedHash: of the object as it is, or of `basis`.
void addHash(boost::json::object& object);
void addHash(boost::json::object& object, const std::string& hash);

}  // namespace mc::controller
