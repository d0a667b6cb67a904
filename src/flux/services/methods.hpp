#pragma once
// Leads a request to the handler of its method, after the checks that all methods share: who may call
// it, and that the payload is a JSON object.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <string>

#include "base/status.hpp"
#include "flux/broker/service.hpp"

namespace mc::flux::services {

/// Who may call a method. Anyone means owner and guests; what a guest may see or do there is the
/// handler's business.
enum class Access { Owner, Anyone };

class Methods {
 public:
  /// Answers the request now or later; a returned error answers it with errno and text.
  using Handler =
      std::function<base::Status(const broker::Request&, const boost::json::object& payload)>;

  void add(std::string method, Access access, Handler handler);

  /// Calls the handler; ENOSYS for unknown methods, EPERM, EPROTO for a bad payload.
  void dispatch(const broker::Request& request) const;

 private:
  struct Method {
    Access access;
    Handler handler;
  };
  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace mc::flux::services
