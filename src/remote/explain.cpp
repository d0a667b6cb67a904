#include "remote/explain.hpp"

namespace mc::remote {

namespace {

/// A server's 404 for a path it has never heard of: the definition is not installed.
bool lacksResource(const kube::Error& error) {
  const auto says = [&](const char* words) {
    return error.message.find(words) != std::string::npos;
  };
  return error.is(kube::Reason::NotFound) &&
         (says("could not find the requested resource") || says("404 page not found"));
}

}  // namespace

base::Error explained(const kube::Error& error) {
  base::Error plain = error;
  if (lacksResource(error)) {
    return {ENODEV,
            "the server has no MiniClusters: the operator is not installed there (kubectl apply "
            "--server-side -f deploy/minicluster-operator.yaml)"};
  }
  switch (error.reason) {
    case kube::Reason::Connection:
      plain.errnum = EHOSTUNREACH;
      break;
    case kube::Reason::Unauthorized:
      return {EPERM, "You must be logged in to the server (Unauthorized)"};
    case kube::Reason::Invalid:
      plain.errnum = EBADMSG;
      break;
    default:
      break;
  }
  return plain;
}

}  // namespace mc::remote
