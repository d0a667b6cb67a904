// The HTTP side of the fake API server.
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>

#include "fakes/fake_apiserver/fake_apiserver.hpp"
#include "fakes/fake_apiserver/json_util.hpp"
#include "fakes/fake_apiserver/rest.hpp"
#include "http/server.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

RestRequest restRequest(const http::ServerRequest& request) {
  return {request.method,
          request.path,
          request.query,
          request.header("Accept"),
          request.header("Content-Type"),
          request.header("User-Agent"),
          request.header("Authorization"),
          request.body};
}

http::Answer jsonAnswer(int status, const json::object& body) {
  return {status, "application/json", json::serialize(body) + "\n", {}};
}

http::Answer refusal(const ApiError& error) {
  if (error.plain) return {error.code, "text/plain; charset=utf-8", error.message + "\n", {}};
  auto answer = jsonAnswer(error.code, toStatus(error));
  if (error.retryAfterSeconds > 0)
    answer.headers.emplace_back("Retry-After", std::to_string(error.retryAfterSeconds));
  return answer;
}

bool isHealth(const std::string& path) {
  return path == "/healthz" || path == "/livez" || path == "/readyz";
}

}  // namespace

std::string FakeApiServer::url() const {
  return (options_.tls ? "https://" : "http://") + address_;
}

void FakeApiServer::start(const std::string& listen) {
  http::ServerOptions options;
  options.listen = listen;
  options.tls = options_.tls;
  options.connections = 1024;
  auto server = http::Server::start(
      std::move(options), [this](const http::ServerRequest& request, http::Exchange& exchange) {
        serve(request, exchange);
      });
  if (!server) {
    std::fprintf(stderr, "fake API server: %s\n", server.error().message.c_str());
    std::abort();
  }
  server_ = std::move(*server);
  address_ = server_->address();
}

void FakeApiServer::stop() {
  faults_.release();
  if (server_) server_->stop();
  server_.reset();
}

void FakeApiServer::restart() {
  stop();
  start(address_);
}

Outcome<void> FakeApiServer::admit(const RestRequest& request, const RequestInfo& info) const {
  if (!options_.token.empty() && request.authorization != "Bearer " + options_.token)
    return refuse(unauthorized());
  const std::lock_guard lock(accessMutex_);
  return access_.check(info);
}

void FakeApiServer::serve(const http::ServerRequest& httpRequest, http::Exchange& exchange) {
  const auto request = restRequest(httpRequest);
  if (isHealth(request.path)) {
    (void)exchange.reply({200, "text/plain", "ok", {}});
    return;
  }
  const auto info = readRequest(request);
  const auto number = log_.add(info, request);
  auto admitted = admit(request, info);
  auto fate = admitted ? faults_.decide(info, exchange.stop()) : refuse(admitted.error());
  if (!fate) {
    log_.answered(number, fate.error().code);
    (void)exchange.reply(refusal(fate.error()));
    return;
  }
  if (*fate == Fate::CutBefore) return exchange.breakOff();
  if (info.verb == "watch")
    streamWatch(request, info, number, exchange);
  else
    answer(request, info, *fate, number, exchange);
}

void FakeApiServer::answer(const RestRequest& request, const RequestInfo& info, Fate fate,
                           size_t number, http::Exchange& exchange) {
  const auto done = answerRequest(world_, request, info);
  const int status = done ? done->status : done.error().code;
  if (done && info.writes()) {
    LoggedRequest logged{info, request.path, "", request.userAgent};
    logged.status = status;
    faults_.wrote(logged);
  }
  if (fate == Fate::CutAfter) return exchange.breakOff();
  log_.answered(number, status);
  (void)exchange.reply(done ? jsonAnswer(status, done->body) : refusal(done.error()));
}

void FakeApiServer::streamWatch(const RestRequest& request, const RequestInfo& info, size_t number,
                                http::Exchange& exchange) {
  auto watch = beginWatch(world_, request, info);
  if (!watch) {
    log_.answered(number, watch.error().code);
    (void)exchange.reply(refusal(watch.error()));
    return;
  }
  log_.answered(number, 200);
  const auto begun =
      exchange.begin({200, "application/json", "", {{"Cache-Control", "no-cache, private"}}});
  if (!begun) return;
  const bool partial = wantsMetadataOnly(request);
  while (auto event = (*watch)->next(exchange.stop())) {
    auto& object = event->at("object");
    if (partial && textAt(*event, {"type"}) != "ERROR") object = metadataOnly(object.get_object());
    if (!exchange.write(json::serialize(*event) + "\n")) return;
  }
}

}  // namespace mc::fakes
