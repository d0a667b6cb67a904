#pragma once
// Why a call to a Kubernetes API server failed, as a value that callers can decide by.
//
// Source: the Status object (meta/v1) that API servers answer with; its `reason` decides, the HTTP
// code stands in where there is none (proxies, load balancers).
//
// Messages are the server's own words; they never hold credentials.
// Thread-safety: values; as safe as the T they hold.

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.hpp"

namespace mc::kube {

enum class Reason {
  Unknown,
  BadRequest,        ///< 400
  Unauthorized,      ///< 401: no or refused credentials
  Forbidden,         ///< 403: known user, not allowed
  NotFound,          ///< 404
  MethodNotAllowed,  ///< 405
  NotAcceptable,     ///< 406
  AlreadyExists,     ///< 409 of a create
  Conflict,          ///< 409: changed meanwhile, or owned by another field manager
  Gone,              ///< 410: the resourceVersion or page is too old; list again
  TooLarge,          ///< 413
  UnsupportedType,   ///< 415
  Invalid,           ///< 422: `causes` name the fields
  TooManyRequests,   ///< 429: also a PodDisruptionBudget's no to an eviction
  InternalError,     ///< 500
  Unavailable,       ///< 502, 503
  ServerTimeout,     ///< the server asks to try again
  Timeout,           ///< 504, or our own deadline
  Connection,        ///< no answer: not reachable, TLS refused, broken in the middle
  Canceled,          ///< the caller's stop token
  BadResponse,       ///< an answer that is none of the Kubernetes API
  Config,            ///< kubeconfig or credentials are unusable
};

/// "NotFound", "Conflict" ...: the spelling of metav1.StatusReason where it has one.
std::string_view describe(Reason reason);

/// One field that is wrong, of a Reason::Invalid.
struct Cause {
  std::string reason;   ///< "FieldValueRequired" ...
  std::string message;  ///< "Required value"
  std::string field;    ///< "spec.size"
};

struct Error {
  Reason reason = Reason::Unknown;
  int code = 0;  ///< HTTP status; 0: no answer came
  std::string message;
  std::vector<Cause> causes = {};
  std::optional<std::chrono::milliseconds> retryAfter = {};
  /// Whether the request may have reached the server though no answer came.
  bool maybeDone = false;

  Error() = default;
  Error(Reason why, std::string text, int httpCode = 0)
      : reason(why), code(httpCode), message(std::move(text)) {}
  /// So that MC_TRY passes on what a function of another room says.
  Error(base::Error error);  // NOLINT(google-explicit-constructor)
  /// The same in words and errno (ENOENT, EEXIST, EACCES, ECANCELED, ETIMEDOUT ...).
  operator base::Error() const;  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is(Reason wanted) const { return reason == wanted; }
  [[nodiscard]] Error prefixed(const std::string& context) const;
};

/// A T or an Error; works with MC_TRY and MC_TRY_ASSIGN, also in functions that return
/// base::Result.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;

  /// Adds context to the error, if there is one.
  [[nodiscard]] Result prefixed(const std::string& context) && {
    if (*this) return std::move(*this);
    return tl::make_unexpected(this->error().prefixed(context));
  }
};

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(Reason reason, std::string message) {
  return tl::make_unexpected(Error(reason, std::move(message)));
}

/// The error of an answer with this HTTP code (not 2xx). `body` may be a Status object, other text
/// or empty; `retryAfter` is the header's value (seconds or an HTTP date), empty if there was none.
Error errorOf(int code, std::string_view body, std::string_view retryAfter, double wallNow);

/// The error that a Status object tells of, as in a watch's ERROR event.
Error errorOf(const boost::json::object& status, int code = 0);

}  // namespace mc::kube
