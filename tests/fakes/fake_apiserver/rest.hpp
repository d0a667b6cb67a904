#pragma once
// Requests of the Kubernetes API on a World: what the HTTP server and tests in the same process
// use.
//
// Thread-safety: all functions lock the World; call them from any thread.

#include <boost/json/object.hpp>
#include <memory>

#include "fakes/fake_apiserver/request.hpp"
#include "fakes/fake_apiserver/watch.hpp"
#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

struct RestAnswer {
  int status = 200;
  boost::json::object body;
};

/// Everything but a watch.
Outcome<RestAnswer> answerRequest(World& world, const RestRequest& request,
                                  const RequestInfo& info);

Outcome<std::unique_ptr<Watch>> beginWatch(World& world, const RestRequest& request,
                                           const RequestInfo& info);

/// Whether the client wants PartialObjectMetadata.
bool wantsMetadataOnly(const RestRequest& request);
/// What is left of an object then.
boost::json::object metadataOnly(const boost::json::object& object);

}  // namespace mc::fakes
