#pragma once
// MiniClusters as an API server keeps them, into the same checks as manifests of people.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "api/read.hpp"

namespace mc::api {

/// Reads an object in the version that it was written in (asWritten()), without what the server and
/// the conversion have put into it. Its problems have no lines. The object may have no name yet,
/// but a metadata.generateName.
ReadResult readObject(const boost::json::object& object);

}  // namespace mc::api
