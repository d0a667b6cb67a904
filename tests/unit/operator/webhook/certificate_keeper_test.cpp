// The certificate in its Secret, and how the API server gets to know it.

#include "operator/webhook/certificate_keeper.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/schema.hpp"
#include "base/base64.hpp"
#include "fakes/fake_kube_client.hpp"
#include "fakes/fake_timer.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

const kube::ObjectKey kSecret{"ns", "minicluster-operator-webhook"};
const kube::ObjectKey kCrd{"", "miniclusters.flux-framework.org"};
const kube::ObjectKey kConfiguration{"", "minicluster-operator"};

class KeeperTest : public testing::Test {
 protected:
  KeeperTest() {
    settings_.ns = "ns";
    client_.put(kube::kCustomResourceDefinitions,
                api::customResourceDefinition({.serviceNamespace = "ns"}));
    client_.put(kube::kMutatingWebhookConfigurations, configuration());
    client_.forgetCalls();
  }

  static json::object configuration() {
    const auto webhook = [](const char* ns) {
      return json::object{
          {"name", "a.b.c"},
          {"clientConfig",
           {{"service", {{"namespace", ns}, {"name", "minicluster-operator-webhook"}}}}}};
    };
    return {{"apiVersion", "admissionregistration.k8s.io/v1"},
            {"kind", "MutatingWebhookConfiguration"},
            {"metadata", {{"name", "minicluster-operator"}}},
            {"webhooks", {webhook("other"), webhook("ns")}}};
  }

  CertificateKeeper keeper() { return {client_, timer_, settings_}; }

  Certificate current() {
    auto certificate = keeper().current({});
    EXPECT_TRUE(certificate) << certificate.error().message;
    return certificate ? *certificate : Certificate();
  }

  /// caBundle in the CRD, decoded.
  std::string trusted() {
    const auto crd = client_.stored(kube::kCustomResourceDefinitions, kCrd);
    return base::base64Decode(
               kube::findText(*crd, {"spec", "conversion", "webhook", "clientConfig", "caBundle"}))
        .value_or("");
  }

  fakes::FakeKubeClient client_;
  fakes::FakeTimer timer_;
  KeeperSettings settings_;
};

TEST_F(KeeperTest, MakesACertificateOnce) {
  const auto first = current();
  EXPECT_TRUE(isUsable(first, keeper().names()));
  EXPECT_THAT(keeper().names(), testing::Contains("minicluster-operator-webhook.ns.svc"));
  const auto second = current();
  EXPECT_EQ(second.keyPem, first.keyPem);
  EXPECT_THAT(client_.log(), ElementsAre("get secrets ns/minicluster-operator-webhook",
                                         "create secrets ns/minicluster-operator-webhook",
                                         "get secrets ns/minicluster-operator-webhook"));
}

TEST_F(KeeperTest, TakesOverWhatAnotherReplicaHasMade) {
  fakes::FakeKubeClient others;
  const auto theirs = CertificateKeeper(others, timer_, settings_).current({});
  ASSERT_TRUE(theirs);
  client_.onCall = [&](const fakes::KubeCall& call) -> std::optional<kube::Error> {
    if (call.verb == "create") client_.put(kube::kSecrets, *others.stored(kube::kSecrets, kSecret));
    return std::nullopt;
  };
  EXPECT_EQ(current().keyPem, theirs->keyPem);
}

TEST_F(KeeperTest, RenewsInTime) {
  const auto first = current();
  timer_.advance(std::chrono::hours(24 * 240));
  EXPECT_EQ(current().keyPem, first.keyPem);
  timer_.advance(std::chrono::hours(24 * 5));
  const auto second = current();
  EXPECT_NE(second.keyPem, first.keyPem);
  EXPECT_THAT(second.caPem, HasSubstr(first.caPem));
  EXPECT_EQ(current().keyPem, second.keyPem);
}

TEST_F(KeeperTest, OfTwoThatRenewOneIsTakenByBoth) {
  current();
  timer_.advance(std::chrono::hours(24 * 250));
  std::string theirs;
  client_.onCall = [&](const fakes::KubeCall& call) -> std::optional<kube::Error> {
    if (call.verb != "update" || !theirs.empty()) return std::nullopt;
    theirs = "in between";
    theirs = keeper().current({})->keyPem;
    return kube::Error(kube::Reason::Conflict, "changed");
  };
  EXPECT_EQ(current().keyPem, theirs);
}

TEST_F(KeeperTest, ReplacesASecretThatIsNoGood) {
  client_.put(kube::kSecrets, {{"apiVersion", "v1"},
                               {"kind", "Secret"},
                               {"metadata", {{"namespace", "ns"}, {"name", kSecret.name}}},
                               {"data", {{"tls.crt", "bm9uc2Vuc2U="}, {"tls.key", 7}}}});
  EXPECT_TRUE(isUsable(current(), keeper().names()));
}

TEST_F(KeeperTest, TellsTheApiServerWhomToTrust) {
  const auto certificate = current();
  ASSERT_TRUE(keeper().inject(certificate, {}));
  EXPECT_EQ(trusted(), certificate.caPem);
  const auto stored = client_.stored(kube::kMutatingWebhookConfigurations, kConfiguration);
  const auto& webhooks = *kube::findArray(*stored, {"webhooks"});
  EXPECT_EQ(kube::findText(webhooks[0].as_object(), {"clientConfig", "caBundle"}), "");
  EXPECT_EQ(kube::findText(webhooks[1].as_object(), {"clientConfig", "caBundle"}),
            base::base64Encode(certificate.caPem));
}

TEST_F(KeeperTest, WritesOnlyWhatDiffers) {
  const auto certificate = current();
  auto crd = *client_.stored(kube::kCustomResourceDefinitions, kCrd);
  crd.at("spec").at("conversion").at("webhook").at("clientConfig").as_object()["caBundle"] =
      base::base64Encode(certificate.caPem);
  client_.put(kube::kCustomResourceDefinitions, crd);
  client_.erase(kube::kMutatingWebhookConfigurations, kConfiguration);
  ASSERT_TRUE(keeper().inject(certificate, {}));
  client_.forgetCalls();
  ASSERT_TRUE(keeper().inject(certificate, {}));
  for (const auto& call : client_.calls()) EXPECT_EQ(call.verb, "get");
}

TEST_F(KeeperTest, LeavesADefinitionWithoutWebhookAlone) {
  auto crd = *client_.stored(kube::kCustomResourceDefinitions, kCrd);
  crd.at("spec").as_object()["conversion"] = {{"strategy", "None"}};
  client_.put(kube::kCustomResourceDefinitions, crd);
  ASSERT_TRUE(keeper().inject(current(), {}));
  EXPECT_EQ(trusted(), "");
}

TEST_F(KeeperTest, PassesErrorsOn) {
  client_.onCall = [](const fakes::KubeCall&) {
    return kube::Error(kube::Reason::Forbidden, "not you");
  };
  EXPECT_EQ(keeper().current({}).error().reason, kube::Reason::Forbidden);
  EXPECT_EQ(keeper().inject({}, {}).error().reason, kube::Reason::Forbidden);
}

}  // namespace
}  // namespace mc::controller
