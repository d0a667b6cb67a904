#include "flux/services/broker/service.hpp"

#include <sys/resource.h>

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

base::Result<int> whoseUsage(const json::object& payload) {
  const auto* who = formats::findString(payload, "who");
  if (who == nullptr || *who == "self") return RUSAGE_SELF;
  if (*who == "children") return RUSAGE_CHILDREN;
  if (*who == "thread") return RUSAGE_THREAD;
  return base::fail(EINVAL, std::string(*who) + " is unsupported");
}

class Broker final : public broker::Service {
 public:
  Broker() {
    methods_.add("rusage", Access::Owner,
                 [](const auto& r, const auto& p) { return rusage(r, p); });
  }
  [[nodiscard]] std::string name() const override { return "broker"; }
  void handle(const Request& request) override { methods_.dispatch(request); }

 private:
  static base::Status rusage(const Request& request, const json::object& payload) {
    MC_TRY_ASSIGN(const int who, whoseUsage(payload));
    struct rusage usage{};
    if (::getrusage(static_cast<__rusage_who>(who), &usage) != 0)
      return base::failErrno("getrusage");
    request.respond(json::object{{"utime", seconds(usage.ru_utime)},
                                 {"stime", seconds(usage.ru_stime)},
                                 {"maxrss", usage.ru_maxrss},
                                 {"ixrss", usage.ru_ixrss},
                                 {"idrss", usage.ru_idrss},
                                 {"isrss", usage.ru_isrss},
                                 {"minflt", usage.ru_minflt},
                                 {"majflt", usage.ru_majflt},
                                 {"nswap", usage.ru_nswap},
                                 {"inblock", usage.ru_inblock},
                                 {"oublock", usage.ru_oublock},
                                 {"msgsnd", usage.ru_msgsnd},
                                 {"msgrcv", usage.ru_msgrcv},
                                 {"nsignals", usage.ru_nsignals},
                                 {"nvcsw", usage.ru_nvcsw},
                                 {"nivcsw", usage.ru_nivcsw}});
    return {};
  }

  Methods methods_;
};

}  // namespace

std::unique_ptr<broker::Service> makeBroker() {
  return std::make_unique<Broker>();
}

}  // namespace mc::flux::services
