#include "operator/errors.hpp"

#include <algorithm>
#include <array>

namespace mc::controller {

using kube::Reason;

bool isGoing(const kube::Error& error) {
  return error.is(Reason::NotFound) || isNamespaceGoing(error);
}

bool isNamespaceGoing(const kube::Error& error) {
  if (!error.is(Reason::Forbidden)) return false;
  return std::any_of(error.causes.begin(), error.causes.end(),
                     [](const auto& cause) { return cause.reason == "NamespaceTerminating"; }) ||
         error.message.find("because it is being terminated") != std::string::npos;
}

bool isFinal(const kube::Error& error) {
  return error.is(Reason::Invalid) || error.is(Reason::BadRequest) || error.is(Reason::TooLarge);
}

bool isWorthTelling(const kube::Error& error) {
  constexpr std::array kPassing = {
      Reason::Conflict,      Reason::Canceled,        Reason::Connection, Reason::Timeout,
      Reason::ServerTimeout, Reason::TooManyRequests, Reason::Unavailable};
  return std::find(kPassing.begin(), kPassing.end(), error.reason) == kPassing.end();
}

}  // namespace mc::controller
