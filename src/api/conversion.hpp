#pragma once
// Between the versions of the API, losing nothing in either direction.
//
// What both versions have is copied; volumes, capabilities and the defaults that differ are written
// in the other version's way; and what the other version can't say is kept in an annotation of the
// converted object, flux-framework.org/VERSION-fields, VERSION being the one that has the fields.
// On the way back it is put in again, except where the object was edited in between: what was
// edited stands.
//
// The annotation is a JSON object:
//   written: whether VERSION is the one that the object's manifest was written in
//   fields:  list of {path, was, value}: where something belongs in spec, what stands there after a
//            conversion without the annotation, and what is to stand there. Both may be absent.
// A step of a path is a key, or for a container {index, name} or {index, flux: true}.
//
// A manifest means what it means in the version it was written in (v1alpha1 makes a user for Flux,
// v1alpha2 takes the container's): whoever carries an object out, reads it asWritten().
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::api {

inline constexpr std::string_view kAlpha1Version = "flux-framework.org/v1alpha1";
inline constexpr std::string_view kAlpha2Version = "flux-framework.org/v1alpha2";

/// The same MiniCluster in another version; unchanged if it is of that version. EINVAL for an
/// object or version of another API. Anything else wrong with the object stays as it is.
base::Result<boost::json::object> convertTo(std::string_view apiVersion,
                                            boost::json::object object);

/// The object in the version that its manifest was written in. EINVAL as convertTo().
base::Result<boost::json::object> asWritten(boost::json::object object);

}  // namespace mc::api
