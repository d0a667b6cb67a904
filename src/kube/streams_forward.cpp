#include "kube/streams_forward.hpp"

#include <algorithm>
#include <array>

#include "http/uri.hpp"
#include "kube/resource.hpp"
#include "kube/streams_relay.hpp"

namespace mc::kube {

namespace {

constexpr uint8_t kData = 0;
constexpr uint8_t kError = 1;
constexpr size_t kPortSize = 2;
constexpr size_t kErrorLimit = 64u << 10;

/// What the channels of one connection bring.
class Forwarding {
 public:
  explicit Forwarding(const base::Fd& local) : local_(local) {}

  base::Status take(uint8_t channel, std::string_view data) {
    if (channel > kError) return {};
    size_t& seen = portBytes_[channel];
    const size_t skipped = std::min(kPortSize - seen, data.size());
    seen += skipped;
    data.remove_prefix(skipped);
    if (channel == kData) return base::writeAll(local_.get(), data);
    if (error_.size() < kErrorLimit) error_ += data;
    return {};
  }

  [[nodiscard]] base::Status result() const {
    if (error_.empty()) return {};
    return base::fail(EIO, error_);
  }

 private:
  const base::Fd& local_;
  std::array<size_t, 2> portBytes_{};
  std::string error_;
};

}  // namespace

base::Status forwardConnection(Session& session, const ObjectKey& pod, uint16_t port,
                               const base::Fd& local, const std::stop_token& stop) {
  http::Request request;
  request.target = http::withQuery(objectPath(kPods, pod.ns, pod.name, "portforward"),
                                   {{"ports", std::to_string(port)}});
  MC_TRY_ASSIGN(const auto socket,
                session.webSocket(request, {"v4.channel.k8s.io"}, {.stop = stop}));
  Forwarding forwarding(local);
  Relay ends;
  ends.input = local.get();
  ends.inputChannel = kData;
  ends.onMessage = [&](uint8_t channel, std::string_view data) {
    return forwarding.take(channel, data);
  };
  MC_TRY(relay(*socket, ends, stop));
  return forwarding.result();
}

}  // namespace mc::kube
