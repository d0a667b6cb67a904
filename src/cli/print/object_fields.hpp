#pragma once
// Single fields of the API's own objects, for tables and descriptions.
//
// Paths are JSON pointers (RFC 6901): "/spec/replicas". Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "api/minicluster.hpp"

namespace mc::cli {

/// 0, "" or an empty map where there is no such field.
int64_t numberAt(const boost::json::object& object, const char* path);
std::string textAt(const boost::json::object& object, const char* path);
api::StringMap mapAt(const boost::json::object& object, const char* path);

/// Of a Deployment: 1 unless given.
std::string wantedReplicas(const boost::json::object& deployment);
/// "redis,exporter": a field of each of a Deployment's containers.
std::string containersText(const boost::json::object& deployment, const char* field);
/// Keys of a ConfigMap or Secret.
size_t dataCount(const boost::json::object& object);

}  // namespace mc::cli
