#pragma once
// Secrets of a namespace (core/v1 Secret), for verbs that make them.
//
// Thread-safety: values and pure functions.

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "api/minicluster.hpp"
#include "base/status.hpp"

namespace mc::engine {

struct Secret {
  std::string ns;
  std::string name;
  std::string type = "Opaque";
  api::StringMap labels;
  std::map<std::string, std::string> data;  ///< bytes, not base64
};

/// As the API has it, with its data in base64.
boost::json::object secretObject(const Secret& secret);

/// EINVAL for data that is no base64; names the key.
base::Result<Secret> readSecret(const boost::json::object& object);

}  // namespace mc::engine
