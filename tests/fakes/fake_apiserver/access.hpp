#pragma once
// Who may do what: RBAC rules, as a ClusterRole or Role lists them, for one user.
//
// Source: rbac.authorization.k8s.io/v1 PolicyRule. Thread-safety: values.

#include <boost/json/array.hpp>
#include <string>

#include "fakes/fake_apiserver/request.hpp"

namespace mc::fakes {

class AccessRules {
 public:
  /// Everything is allowed.
  AccessRules() = default;
  /// Only what `rules` (a list of PolicyRules) allow to `user`; in one namespace if `ns` is not
  /// empty (a Role), else everywhere.
  AccessRules(boost::json::array rules, std::string user, std::string ns = {});

  /// 403 if the request is not allowed.
  [[nodiscard]] Outcome<void> check(const RequestInfo& info) const;

 private:
  [[nodiscard]] bool allows(const RequestInfo& info, const std::string& verb) const;
  bool restricted_ = false;
  boost::json::array rules_;
  std::string user_;
  std::string ns_;
};

}  // namespace mc::fakes
