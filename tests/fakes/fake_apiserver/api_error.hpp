#pragma once
// What a refused request is answered with: the Status object of the Kubernetes API.
//
// Source: "Response Status Kind" of the Kubernetes API conventions; texts as kube-apiserver 1.34
// writes them, because clients and people read them.
// Thread-safety: values and pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/status.hpp"

namespace mc::fakes {

struct ResourceType;

struct ApiCause {
  std::string reason;   ///< "FieldValueInvalid" ...
  std::string field;    ///< "spec.size"
  std::string message;  ///< "Invalid value: 0: must be at least 1"
};

struct ApiError {
  int code = 500;      ///< HTTP status
  std::string reason;  ///< "NotFound" ...
  std::string message;
  boost::json::object details = {};
  int retryAfterSeconds = 0;              ///< also sent as header; 0: none
  boost::json::object listMetadata = {};  ///< of the Status, e.g. a token to go on with
  bool plain = false;                     ///< answered as bare text
};

template <class T>
using Outcome = tl::expected<T, ApiError>;

[[nodiscard]] inline tl::unexpected<ApiError> refuse(ApiError error) {
  return tl::make_unexpected(std::move(error));
}

/// {"kind":"Status","apiVersion":"v1","status":"Failure",...}
boost::json::object toStatus(const ApiError& error);
/// The Status with which a delete is answered once the object is gone.
boost::json::object successStatus(const ResourceType& type, const std::string& group,
                                  const std::string& name, const std::string& uid);

/// `Invalid value: VALUE: DETAIL` and its kin, as field.Error of apimachinery prints them.
ApiCause invalidValue(std::string field, const std::string& value, const std::string& detail);
ApiCause requiredValue(std::string field, const std::string& detail = "");
ApiCause forbiddenValue(std::string field, const std::string& detail);
ApiCause unsupportedValue(std::string field, const std::string& value,
                          const std::vector<std::string>& supported);
/// A value in quotes, as Go's %q prints it in those messages.
std::string quoted(const std::string& text);

ApiError notFound(const std::string& group, const std::string& plural, const std::string& name);
/// No such path on the server at all.
ApiError pathNotFound();
ApiError alreadyExists(const std::string& group, const std::string& plural,
                       const std::string& name);
/// The object is not what the request thought it was.
ApiError conflict(const std::string& group, const std::string& plural, const std::string& name,
                  const std::string& why);
/// Optimistic locking lost.
ApiError staleVersion(const std::string& group, const std::string& plural, const std::string& name);
/// Server-side apply without force of fields that others own.
ApiError applyConflict(const std::vector<ApiCause>& causes);
ApiError invalid(const std::string& group, const std::string& kind, const std::string& name,
                 const std::vector<ApiCause>& causes);
ApiError badRequest(const std::string& message);
/// A 500 without a reason: how kube-apiserver answers some requests that are the client's fault.
ApiError unexplained(const std::string& message);
/// `why` is what follows "is forbidden: ".
ApiError forbidden(const std::string& group, const std::string& plural, const std::string& name,
                   const std::string& why);
ApiError unauthorized();
ApiError methodNotAllowed();
ApiError unsupportedMediaType();
/// 410: the revision was compacted away.
ApiError expired(const std::string& message);
ApiError tooManyRequests(int retryAfterSeconds);
/// The wanted revision is in the future.
ApiError revisionTooLarge(long wanted, long current);

}  // namespace mc::fakes
