#pragma once
// The webhooks' server with its certificate: what `minicluster operator` starts.
//
// POST /convert takes ConversionReviews, POST /validate AdmissionReviews. Both answer without
// asking the API server anything, so they can't wait for each other.
//
// The objects that name us are watched: one that is made anew while we run gets to know us as well.
//
// Thread-safety: ready() and port() may be called from any thread; run() belongs to one.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "kube/client.hpp"
#include "kube/informer.hpp"
#include "kube/timer.hpp"
#include "operator/webhook/certificate_keeper.hpp"

namespace mc::controller {

inline constexpr const char* kConvertPath = "/convert";
inline constexpr const char* kValidatePath = "/validate";

/// The answer to one request; independent of the server for tests.
http::Answer answerWebhook(const http::ServerRequest& request);

class WebhookServer {
 public:
  struct Options {
    std::string listen = ":9443";
    KeeperSettings keeper;
    /// Says what went wrong and will be tried again, and when a new certificate is served.
    std::function<void(const std::string&)> log = [](const std::string&) {};
  };

  /// The client and the timer must outlive the server.
  WebhookServer(kube::Client& client, kube::Timer& timer, Options options);

  ~WebhookServer();

  /// Serves until `stop` is requested. Fails only if it can't listen; what the API server refuses
  /// is tried again and again, slower each time.
  base::Status run(const std::stop_token& stop);

  /// Listens, and the API server knows the certificate.
  [[nodiscard]] bool ready() const { return ready_; }
  /// 0 until it listens.
  [[nodiscard]] uint16_t port() const { return port_; }

 private:
  base::Status serve(const Certificate& certificate);
  /// Serves what is good now, and makes it known. How long that holds.
  base::Result<std::chrono::nanoseconds> round(const std::stop_token& stop);
  void watch();
  /// A token that is requested to stop when a watched object has changed since, or by `stop`.
  std::stop_token wakeUp();

  kube::Client& client_;
  kube::Timer& timer_;
  Options options_;
  CertificateKeeper keeper_;
  std::unique_ptr<http::Server> server_;
  std::chrono::seconds retry_;
  std::mutex mutex_;
  std::stop_source changed_;  ///< guarded by mutex_
  std::vector<std::unique_ptr<kube::Informer>> watched_;
  std::atomic<bool> ready_ = false;
  std::atomic<uint16_t> port_ = 0;
};

}  // namespace mc::controller
