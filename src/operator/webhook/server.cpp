#include "operator/webhook/server.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "operator/webhook/review.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

/// A page of a list (500 objects by default) is converted in one request. Anybody in the cluster's
/// network may send us one, so this and the connections bound our memory.
constexpr size_t kBodyLimit = size_t{64} << 20;
/// An API server keeps up to 25 idle ones; fewer here would have it shake hands again and again.
constexpr size_t kConnections = 32;
/// Deeper than any schema: managedFields are as deep as the object.
constexpr size_t kMostDepth = 256;
constexpr seconds kFirstRetry{1};
constexpr seconds kLastRetry{60};

http::Answer refuse(int status, std::string why) {
  http::Answer answer;
  answer.status = status;
  answer.body = std::move(why) + "\n";
  return answer;
}

base::Result<json::object> parseBody(const std::string& body) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMostDepth;
  // It lives until the answer is sent: its memory comes in few pieces, and goes at once.
  json::value value = json::parse(
      body, error, json::make_shared_resource<json::monotonic_resource>(body.size() * 2 + 1024),
      options);
  if (error) return base::fail(EINVAL, "no JSON: " + error.message());
  if (!value.is_object()) return base::fail(EINVAL, "no object");
  return std::move(value.get_object());
}

}  // namespace

http::Answer answerWebhook(const http::ServerRequest& request) {
  const bool convert = request.path == kConvertPath;
  if (!convert && request.path != kValidatePath) return refuse(404, "not found");
  if (request.method != "POST") return refuse(405, "POST a review");
  const auto review = parseBody(request.body);
  if (!review) return refuse(400, review.error().message);
  const auto answered = convert ? answerConversion(*review) : answerAdmission(*review);
  if (!answered) return refuse(400, answered.error().message);
  http::Answer answer;
  answer.contentType = "application/json";
  answer.body = json::serialize(*answered);
  return answer;
}

WebhookServer::WebhookServer(kube::Client& client, kube::Timer& timer, Options options)
    : client_(client),
      timer_(timer),
      options_(std::move(options)),
      keeper_(client, timer, options_.keeper),
      retry_(kFirstRetry) {}

WebhookServer::~WebhookServer() = default;

base::Status WebhookServer::serve(const Certificate& certificate) {
  MC_TRY_ASSIGN(auto tls, http::serverTls({certificate.certPem, certificate.keyPem, ""}));
  if (server_ != nullptr) {
    server_->setTls(std::move(tls));
    return {};
  }
  http::ServerOptions options;
  options.listen = options_.listen;
  options.tls = std::move(tls);
  options.bodyLimit = kBodyLimit;
  options.connections = kConnections;
  MC_TRY_ASSIGN(server_, http::Server::start(std::move(options),
                                             [](const auto& request, http::Exchange& exchange) {
                                               (void)exchange.reply(answerWebhook(request));
                                             }));
  port_ = server_->port();
  return {};
}

base::Result<std::chrono::nanoseconds> WebhookServer::round(const std::stop_token& stop) {
  const auto certificate = keeper_.current(stop);
  if (certificate) MC_TRY(serve(*certificate));
  const auto known = certificate ? keeper_.inject(*certificate, stop)
                                 : kube::Status(tl::make_unexpected(certificate.error()));
  if (!known) {
    options_.log("webhook certificate: " + known.error().message + "; trying again");
    const auto wait = retry_;
    retry_ = std::min(retry_ * 2, kLastRetry);
    return wait;
  }
  if (!ready_.exchange(true)) options_.log("webhooks are served, and the API server knows them");
  retry_ = kFirstRetry;
  const double left = renewalTime(*certificate).value_or(0) - timer_.clock().wall();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::max(1.0, left)));
}

void WebhookServer::watch() {
  for (const auto& [resource, name] : keeper_.trusting()) {
    kube::InformerOptions options;
    options.reflector.fieldSelector = "metadata.name=" + name;
    options.reflector.metadataOnly = true;
    auto informer = std::make_unique<kube::Informer>(client_, timer_, resource, std::move(options));
    informer->addHandler([this](const kube::Change&) {
      const std::lock_guard lock(mutex_);
      changed_.request_stop();
    });
    informer->start();
    watched_.push_back(std::move(informer));
  }
}

std::stop_token WebhookServer::wakeUp() {
  const std::lock_guard lock(mutex_);
  changed_ = {};
  return changed_.get_token();
}

base::Status WebhookServer::run(const std::stop_token& stop) {
  const std::stop_callback end(stop, [this] {
    const std::lock_guard lock(mutex_);
    changed_.request_stop();
  });
  watch();
  while (true) {
    // Before the round: what changes during it brings the next one.
    const auto woken = wakeUp();
    if (stop.stop_requested()) break;
    MC_TRY_ASSIGN(const auto wait, round(stop));
    timer_.sleep(wait, woken);
  }
  watched_.clear();
  if (server_ != nullptr) server_->stop();
  return {};
}

}  // namespace mc::controller
