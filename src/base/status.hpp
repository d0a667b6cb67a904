#pragma once
// Errors as values.
//
// Every function that can fail for a reason outside the program returns Result<T> or Status
// (= Result<void>). Both are [[nodiscard]]; the error says what failed in words a user can act on,
// and an errno so that callers can decide by kind (ENOENT, EEXIST, EAGAIN ...) without parsing text.
// Exceptions are kept for programmer errors and never cross a room's boundary.
//
// Thread-safety: values; as safe as the T they hold.

#include <cerrno>
#include <cstring>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace mc::base {

/// Why something failed.
struct Error {
  int errnum = EINVAL;  ///< Linux errno that names the kind of failure.
  std::string message;  ///< One sentence without final period, no secrets.

  /// The same error with context in front: "CONTEXT: MESSAGE".
  [[nodiscard]] Error prefixed(const std::string& context) const {
    return {errnum, context + ": " + message};
  }
};

/// A T or an Error.
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

/// `return fail(EINVAL, "size must be at least 1");`
[[nodiscard]] inline tl::unexpected<Error> fail(int errnum, std::string message) {
  return tl::make_unexpected(Error{errnum, std::move(message)});
}

/// Fails with the current errno: "CONTEXT: No such file or directory".
[[nodiscard]] inline tl::unexpected<Error> failErrno(const std::string& context) {
  const int errnum = errno;
  return fail(errnum, context + ": " + std::strerror(errnum));
}

/// Passes an error on to the caller's caller.
[[nodiscard]] inline tl::unexpected<Error> pass(Error error) {
  return tl::make_unexpected(std::move(error));
}

}  // namespace mc::base

// MC_TRY(expr): returns the error of a Status to the caller.
// MC_TRY_ASSIGN(declaration, expr): the same for a Result<T>, else assigns its value.
#define MC_TRY(expr)                                                        \
  do {                                                                      \
    if (auto mcStatus = (expr); !mcStatus)                                  \
      return tl::make_unexpected(std::move(mcStatus.error()));              \
  } while (false)
#define MC_CONCAT_(a, b) a##b
#define MC_CONCAT(a, b) MC_CONCAT_(a, b)
#define MC_TRY_ASSIGN(declaration, expr) \
  MC_TRY_ASSIGN_(MC_CONCAT(mcResult, __LINE__), declaration, expr)
#define MC_TRY_ASSIGN_(result, declaration, expr)                     \
  auto result = (expr);                                               \
  if (!result) return tl::make_unexpected(std::move(result.error())); \
  declaration = std::move(*result)
