#include "entry/resolver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cstring>

#include "base/asio_loop.hpp"

namespace mc::entry {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

Address addressOf(const tcp::endpoint& endpoint) {
  Address address;
  address.length = static_cast<socklen_t>(endpoint.size());
  std::memcpy(&address.storage, endpoint.data(), endpoint.size());
  return address;
}

/// IPv4 last: its error tells more than that of a machine without IPv6.
std::vector<Address> loopback(uint16_t port) {
  return {addressOf({boost::asio::ip::address_v6::loopback(), port}),
          addressOf({boost::asio::ip::address_v4::loopback(), port})};
}

class Lookup final : public base::Registration {
 public:
  explicit Lookup(std::shared_ptr<Resolver::Callback> callback) : callback_(std::move(callback)) {}
  ~Lookup() override { *callback_ = nullptr; }

 private:
  std::shared_ptr<Resolver::Callback> callback_;
};

class AsioResolver final : public Resolver {
 public:
  explicit AsioResolver(base::Loop& loop) : loop_(loop), resolver_(base::ioContext(loop)) {}

  base::Watch resolve(const std::string& host, uint16_t port, Callback callback) override {
    auto shared = std::make_shared<Callback>(std::move(callback));
    if (host == "localhost")
      loop_.post([shared, port] { call(*shared, loopback(port)); });
    else
      resolver_.async_resolve(
          host, std::to_string(port), [shared, host](error_code error, const auto& results) {
            if (error) return call(*shared, base::fail(ENOENT, host + ": " + error.message()));
            std::vector<Address> addresses;
            for (const auto& result : results) addresses.push_back(addressOf(result.endpoint()));
            call(*shared, std::move(addresses));
          });
    return std::make_unique<Lookup>(std::move(shared));
  }

 private:
  static void call(Callback& callback, base::Result<std::vector<Address>> result) {
    if (auto f = std::exchange(callback, nullptr)) f(std::move(result));
  }

  base::Loop& loop_;
  tcp::resolver resolver_;
};

}  // namespace

std::unique_ptr<Resolver> makeResolver(base::Loop& loop) {
  return std::make_unique<AsioResolver>(loop);
}

}  // namespace mc::entry
