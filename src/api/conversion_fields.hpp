#pragma once
// A spec in the words of the other version, as far as that has words for it.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "api/fields.hpp"

namespace mc::api {

/// `name`: of the MiniCluster, after which v1alpha2 names the headless Service. Values of the wrong
/// type are copied where both versions have the field.
boost::json::object translateSpec(const boost::json::object& spec, Versions from, Versions to,
                                  const std::string& name);

/// Without the fields that say no more than their defaults.
boost::json::object withoutDefaults(const boost::json::object& object, const Table& table,
                                    Versions version);

}  // namespace mc::api
