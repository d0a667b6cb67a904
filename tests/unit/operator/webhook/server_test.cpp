// The webhooks' server, over TLS as the API server talks to it.

#include "operator/webhook/server.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <thread>

#include "api/schema.hpp"
#include "base/base64.hpp"
#include "fakes/fake_kube_client.hpp"
#include "fakes/fake_timer.hpp"
#include "http/client.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

http::ServerRequest post(const std::string& path, std::string body) {
  http::ServerRequest request;
  request.method = "POST";
  request.path = path;
  request.body = std::move(body);
  return request;
}

constexpr const char* kReview = R"({"apiVersion": "apiextensions.k8s.io/v1",
  "kind": "ConversionReview", "request": {"uid": "u", "objects": [],
  "desiredAPIVersion": "flux-framework.org/v1alpha1"}})";

TEST(AnswerWebhook, AnswersReviews) {
  const auto answer = answerWebhook(post("/convert", kReview));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.contentType, "application/json");
  EXPECT_THAT(answer.body, HasSubstr(R"("status":"Success")"));
}

TEST(AnswerWebhook, RefusesWhatIsNone) {
  EXPECT_EQ(answerWebhook(post("/", "{}")).status, 404);
  EXPECT_EQ(answerWebhook(post("/convert", "")).status, 400);
  EXPECT_EQ(answerWebhook(post("/convert", "{")).status, 400);
  EXPECT_EQ(answerWebhook(post("/convert", "[]")).status, 400);
  EXPECT_EQ(answerWebhook(post("/validate", kReview)).status, 400);
  EXPECT_EQ(answerWebhook(post("/validate", "\xff\xfe")).status, 400);
  auto get = post("/convert", "");
  get.method = "GET";
  EXPECT_EQ(answerWebhook(get).status, 405);
}

TEST(AnswerWebhook, TakesHugeAndDeepInput) {
  EXPECT_EQ(answerWebhook(post("/convert", std::string(1000000, '['))).status, 400);
  std::string wide = R"({"a": [)";
  for (int i = 0; i < 500000; ++i) wide += "{},";
  EXPECT_EQ(answerWebhook(post("/validate", wide + "7]}")).status, 400);
  json::object object = {{"apiVersion", "flux-framework.org/v1alpha2"},
                         {"kind", "MiniCluster"},
                         {"metadata", {{"name", "c"}}},
                         {"spec", {{"containers", {{{"image", std::string(8u << 20, 'a')}}}}}}};
  const json::object review = {
      {"apiVersion", "admission.k8s.io/v1"},
      {"kind", "AdmissionReview"},
      {"request", {{"uid", "u"}, {"operation", "CREATE"}, {"object", std::move(object)}}}};
  const auto answer = answerWebhook(post("/validate", json::serialize(review)));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("allowed":false)"));
  EXPECT_LT(answer.body.size(), 100000u);
}

class WebhookServerTest : public testing::Test {
 protected:
  WebhookServerTest() {
    client_.put(kube::kCustomResourceDefinitions,
                api::customResourceDefinition({.serviceNamespace = "ns"}));
    WebhookServer::Options options;
    options.listen = "127.0.0.1:0";
    options.keeper.ns = "ns";
    options.log = [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
      changed_.notify_all();
    };
    server_ = std::make_unique<WebhookServer>(client_, timer_, std::move(options));
  }

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      const auto served = server_->run(stop);
      EXPECT_TRUE(served) << served.error().message;
    });
  }

  void awaitLog(const std::string& part) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
        return line.find(part) != std::string::npos;
      });
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  fakes::FakeKubeClient client_;
  fakes::FakeTimer timer_;
  std::unique_ptr<WebhookServer> server_;
  std::jthread thread_;
};

TEST_F(WebhookServerTest, ServesOnceTheApiServerKnowsIt) {
  EXPECT_FALSE(server_->ready());
  start();
  awaitLog("the API server knows them");
  EXPECT_TRUE(server_->ready());
  EXPECT_NE(server_->port(), 0);
  const auto crd =
      client_.stored(kube::kCustomResourceDefinitions, {"", "miniclusters.flux-framework.org"});
  const auto bundle = base::base64Decode(
      kube::findText(*crd, {"spec", "conversion", "webhook", "clientConfig", "caBundle"}));
  ASSERT_TRUE(bundle);
  http::ClientTls tls;
  tls.caPem = *bundle;
  tls.serverName = "minicluster-operator-webhook.ns.svc";
  const auto context = http::clientTls(tls);
  ASSERT_TRUE(context);
  http::Client client({"", "127.0.0.1", std::to_string(server_->port()), *context});
  http::Request request;
  request.method = "POST";
  request.target = "/convert?timeout=30s";
  request.contentType = "application/json";
  request.body = kReview;
  auto response = client.send(request, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status(), 200);
  EXPECT_THAT(response->readAll().value_or(""), HasSubstr(R"("status":"Success")"));
}

TEST_F(WebhookServerTest, TriesAgainUntilTheApiServerTakesIt) {
  // The server runs until the fixture ends, so it shares the switch.
  const auto refuse = std::make_shared<std::atomic<bool>>(true);
  client_.onCall = [refuse](const fakes::KubeCall& call) -> std::optional<kube::Error> {
    if (*refuse && call.verb == "patch") return kube::Error(kube::Reason::Unavailable, "not now");
    return std::nullopt;
  };
  start();
  awaitLog("not now");
  EXPECT_FALSE(server_->ready());
  *refuse = false;
  timer_.advanceToNext();
  awaitLog("the API server knows them");
  EXPECT_TRUE(server_->ready());
}

TEST_F(WebhookServerTest, ServesTheNewCertificateWhenItIsTime) {
  start();
  awaitLog("the API server knows them");
  const kube::ObjectKey key{"ns", "minicluster-operator-webhook"};
  const auto before = client_.stored(kube::kSecrets, key)->at("data");
  while (client_.stored(kube::kSecrets, key)->at("data") == before) timer_.advanceToNext();
  EXPECT_NE(client_.stored(kube::kSecrets, key)->at("data"), before);
}

TEST_F(WebhookServerTest, IsKnownAgainAfterTheDefinitionWasReplaced) {
  const std::string patch =
      "patch customresourcedefinitions.apiextensions.k8s.io "
      "miniclusters.flux-framework.org";
  start();
  awaitLog("the API server knows them");
  client_.awaitCalls(patch, 1);
  client_.put(kube::kCustomResourceDefinitions,
              api::customResourceDefinition({.serviceNamespace = "ns"}));
  client_.awaitCalls(patch, 2);
}

}  // namespace
}  // namespace mc::controller
