#include "flux/services/shutdown/service.hpp"

#include <optional>

#include "flux/formats/json.hpp"
#include "flux/services/methods.hpp"

namespace mc::flux::services {
namespace {

namespace json = boost::json;
using broker::Request;
using broker::State;

class Shutdown final : public broker::Service {
 public:
  Shutdown(broker::StateMachine& machine, broker::LogBuffer& log, uint32_t rank,
           std::function<base::Status()> begin)
      : log_(log), rank_(rank), begin_(std::move(begin)) {
    methods_.add("start", Access::Owner,
                 [this](const auto& r, const auto& p) { return start(r, p); });
    state_ = machine.observe([this](State state) {
      if (state == State::Goodbye) end();
    });
  }
  [[nodiscard]] std::string name() const override { return "shutdown"; }
  void handle(const Request& request) override { methods_.dispatch(request); }
  void disconnect(const std::string& sender) override {
    if (request_ && request_->sender() == sender) forget();
  }

 private:
  base::Status start(const Request& request, const json::object& payload) {
    if (rank_ != 0) return base::fail(EINVAL, "shutdown may only be initiated on rank 0");
    if (request_) return base::fail(EINVAL, "shutdown is already in progress");
    const auto level = formats::getInteger(payload, "loglevel");
    // Before it begins, so that no line is missed.
    if (request.streaming()) follow(request, level ? static_cast<int>(*level) : 3);
    if (auto begun = begin_(); !begun) {
      forget();
      return begun;
    }
    if (!request.streaming()) request.respond();
    return {};
  }

  void follow(const Request& request, int level) {
    request_ = request;
    follower_ = log_.follow([request, level](const std::string& encoded) {
      const auto record = broker::decodeLog(encoded);
      if (record && static_cast<int>(record->severity) <= level)
        request.respond(json::object{{"log", broker::formatLog(*record) + "\n"}});
    });
  }

  void end() {
    if (request_) request_->fail(ENODATA);
    forget();
  }

  void forget() {
    follower_.reset();
    request_.reset();
  }

  broker::LogBuffer& log_;
  uint32_t rank_;
  std::function<base::Status()> begin_;
  Methods methods_;
  base::Watch state_;
  std::optional<Request> request_;
  base::Watch follower_;
};

}  // namespace

std::unique_ptr<broker::Service> makeShutdown(broker::StateMachine& machine, broker::LogBuffer& log,
                                              uint32_t rank, std::function<base::Status()> begin) {
  return std::make_unique<Shutdown>(machine, log, rank, std::move(begin));
}

}  // namespace mc::flux::services
