#include "flux/services/methods.hpp"

namespace mc::flux::services {

void Methods::add(std::string method, Access access, Handler handler) {
  methods_.insert_or_assign(std::move(method), Method{access, std::move(handler)});
}

void Methods::dispatch(const broker::Request& request) const {
  const auto found = methods_.find(request.method());
  if (found == methods_.end()) return request.failUnknown();
  if (found->second.access == Access::Owner && !request.isOwner())
    return request.fail(EPERM, "Request requires owner credentials");
  const auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  if (const auto status = found->second.handler(request, *payload); !status)
    request.fail(status.error());
}

}  // namespace mc::flux::services
