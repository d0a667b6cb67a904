#pragma once
// The record of a MiniCluster: what is known of it besides its containers, as labels of its volume.
//
// Labels of a volume can't be changed. A cluster that was given another size has a volume more (a
// revision), whose labels are in force instead; the first volume still holds its files.
//
// Thread-safety: plain values and pure functions.

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "local/vocabulary.hpp"
#include "plan/plan.hpp"

namespace mc::local {

using Labels = std::map<std::string, std::string>;

struct Record {
  ClusterRef ref;
  std::string uid;
  double createdAt = 0;
  boost::json::object manifest;  ///< without secrets
  std::string planDigest;
  int64_t revision = 0;  ///< how often it was changed
  int32_t size = 0;
  int32_t maxSize = 0;
  int64_t graceSeconds = 30;
  bool cleanup = false;
  std::vector<plan::Service> services;
  bool removing = false;  ///< removal was begun; not a label of the record, but a volume of its own
};

/// A new record, with a new uid.
Record makeRecord(const boost::json::object& manifest, const plan::Plan& plan, double now);

/// What the record becomes when the cluster is changed to `plan`.
Record revise(const Record& record, const boost::json::object& manifest, const plan::Plan& plan);

/// Digest of a plan, by which two manifests are the same. Secrets are not part of it.
std::string planDigest(const plan::Plan& plan);

/// Of the volume of a record or revision.
Labels recordLabels(const Record& record);
/// Labels of whatever else belongs to the cluster.
Labels memberLabels(const Record& record, const std::string& part);
/// Labels by which all that belongs to a cluster is found.
std::vector<std::string> selectorOf(const ClusterRef& ref);
/// The same for all clusters of a namespace; of all namespaces if it is empty.
std::vector<std::string> selectorOf(const std::string& ns);

/// Reads labels back. EPROTO if they are not those of a record.
base::Result<Record> readRecord(const boost::json::object& labels);

/// The cluster that an object with these labels belongs to; empty names if none.
ClusterRef clusterOf(const boost::json::object& labels);

}  // namespace mc::local
