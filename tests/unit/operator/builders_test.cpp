// Rules of single objects; whole objects are in tests/golden.

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/read.hpp"
#include "base/curve_cert.hpp"
#include "kube/object.hpp"
#include "operator/objects/config_map.hpp"
#include "operator/objects/container.hpp"
#include "operator/objects/hash.hpp"
#include "operator/objects/job.hpp"
#include "operator/objects/names.hpp"
#include "operator/objects/secret.hpp"
#include "operator/objects/security.hpp"
#include "operator/objects/service.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

api::MiniCluster read(const std::string& spec, const std::string& version = "v1alpha2") {
  const std::string text = "apiVersion: flux-framework.org/" + version +
                           "\nkind: MiniCluster\nmetadata: {name: a, namespace: lab}\nspec:\n" +
                           spec;
  const auto result = api::read(text, "default", api::Runs::OnKubernetes);
  for (const auto& problem : result.problems) ADD_FAILURE() << problem.text("test");
  return result.documents.at(0).cluster;
}

Blueprint blueprint(const std::string& spec, const std::string& version = "v1alpha2") {
  return *makeBlueprint(read(spec, version), "uid-1", {"minicluster:test"});
}

const std::string kOne = "  containers: [{image: debian, command: hostname}]\n";

TEST(Escaping, LeavesTextAsTheKubeletWouldExpandIt) {
  EXPECT_EQ(escaped("plain $HOME"), "plain $HOME");
  EXPECT_EQ(escaped("$(id)"), "$$(id)");
  EXPECT_EQ(escaped("$$"), "$$$");
  EXPECT_EQ(escaped("$$(x)"), "$$$$(x)");
}

TEST(Names, OfSidecarServicesAreValid) {
  EXPECT_EQ(sidecarServiceName("a", "nginx"), "a-nginx");
  const std::string longest = sidecarServiceName(std::string(40, 'a'), std::string(40, 'b'));
  EXPECT_LE(longest.size(), kLongestServiceName);
  EXPECT_NE(longest, sidecarServiceName(std::string(40, 'a'), std::string(41, 'b')));
  EXPECT_EQ(sidecarServiceName("1a", "b").front(), 's');
}

TEST(Hashes, DoNotDependOnTheOrderOfKeys) {
  const json::value a = {{"x", 1}, {"y", 2}};
  const json::value b = {{"y", 2}, {"x", 1}};
  EXPECT_EQ(hashOf(a), hashOf(b));
  EXPECT_NE(hashOf(a), hashOf(json::value(1)));
}

TEST(Secrets, HoldAKeyThatFluxReads) {
  const auto secret = makeSecret(blueprint("  size: 2\n" + kOne), 0);
  ASSERT_TRUE(secret);
  const std::string cert(kube::findText(*secret, {"stringData", kCurveCertKey}));
  EXPECT_TRUE(base::parseCurveCert(cert));
  EXPECT_NE(cert, kube::findText(*makeSecret(blueprint("  size: 2\n" + kOne), 0),
                                 {"stringData", kCurveCertKey}));
}

TEST(Secrets, AreNowhereElse) {
  const std::string spec = "  size: 2\n  users: [{name: hedy, password: s3cret}]\n" + kOne;
  const auto made = blueprint(spec, "v1alpha1");
  EXPECT_EQ(kube::findText(*makeSecret(made, 0), {"stringData", kUsersKey}), "hedy:s3cret\n");
  EXPECT_THAT(json::serialize(configMap(made, "")), Not(HasSubstr("s3cret")));
  EXPECT_THAT(json::serialize(job(made, {}, "")), Not(HasSubstr("s3cret")));
}

TEST(Secrets, AreForASingleBrokerNotNeeded) {
  EXPECT_FALSE(blueprint(kOne).hasSecret());
}

TEST(SecretFiles, AreForRootOrForTheGroupNeverForAll) {
  EXPECT_EQ(secretAccess(blueprint("  size: 2\n" + kOne, "v1alpha1")).mode, 0400);
  const auto unknown = secretAccess(blueprint("  size: 2\n" + kOne));
  EXPECT_EQ(unknown.mode, 0440);
  EXPECT_TRUE(unknown.group);
  const auto given =
      secretAccess(blueprint("  size: 2\n  pod: {securityContext: {fsGroup: 7}}\n" + kOne));
  EXPECT_FALSE(given.group) << "the manifest's own";
  const auto user =
      secretAccess(blueprint("  size: 2\n  pod: {securityContext: {runAsUser: 1000}}\n" + kOne));
  EXPECT_EQ(user.group, 1000);
  EXPECT_EQ(
      secretAccess(blueprint("  size: 2\n  pod: {securityContext: {runAsUser: 0}}\n" + kOne)).mode,
      0400);
}

TEST(HeadlessServices, AreTheSameForAllOwners) {
  const std::string spec = "  network: {headlessName: net}\n" + kOne;
  auto first = headlessService(blueprint(spec));
  auto other = blueprint(spec);
  other.uid = "uid-2";
  other.cluster.metadata.name = "b";
  auto second = headlessService(other);
  EXPECT_NE(headlessManager(blueprint(spec)), headlessManager(other));
  EXPECT_FALSE(kube::controllerOf(first));
  for (auto* service : {&first, &second})
    service->at("metadata").as_object().erase("ownerReferences");
  EXPECT_EQ(first, second);
}

TEST(Jobs, FailAtOnceUnlessRerunsAreAllowed) {
  const auto rules = [](const std::string& spec) {
    const auto made = job(blueprint(spec), {}, "");
    const auto* found = kube::findArray(made, {"spec", "podFailurePolicy", "rules"});
    return found == nullptr ? 0 : found->size();
  };
  EXPECT_EQ(rules(kOne), 3u);
  EXPECT_EQ(rules("  backoffLimit: 2\n" + kOne), 2u);
  EXPECT_EQ(rules("  backoffLimit: 2\n  pod: {restartPolicy: OnFailure}\n" + kOne), 0u);
}

TEST(Jobs, AreChangedOnlyWhereTheyDiffer) {
  const auto wanted = read("  size: 3\n  maxSize: 4\n" + kOne);
  const auto current = [](int size, bool suspend) {
    return json::object{
        {"spec", {{"completions", size}, {"parallelism", size}, {"suspend", suspend}}}};
  };
  EXPECT_FALSE(jobChange(wanted, current(3, false)));
  EXPECT_EQ(*jobChange(wanted, current(2, false)),
            (json::object{{"spec", {{"completions", 3}, {"parallelism", 3}}}}));
  EXPECT_EQ(*jobChange(wanted, current(3, true)), (json::object{{"spec", {{"suspend", false}}}}));
}

TEST(Jobs, InAQueueAreSuspendedByOthers) {
  const auto wanted = read("  jobLabels: {kueue.x-k8s.io/queue-name: q}\n" + kOne);
  const json::object suspended = {
      {"spec", {{"completions", 1}, {"parallelism", 1}, {"suspend", true}}}};
  EXPECT_FALSE(jobChange(wanted, suspended));
  auto made = *makeBlueprint(wanted, "uid", {"image"});
  EXPECT_FALSE(job(made, {}, "")["spec"].as_object().contains("suspend"));
}

TEST(Jobs, HaveKueuesLabelsOfTheirCluster) {
  auto wanted = read(kOne);
  wanted.metadata.labels = {{std::string(kQueueLabel), "q"}, {"team", "a"}};
  EXPECT_TRUE(isQueued(wanted));
  const auto labels = [&] {
    return job(*makeBlueprint(wanted, "uid", {"image"}), {}, "")["metadata"].at("labels");
  };
  EXPECT_EQ(labels().at(kQueueLabel), "q");
  EXPECT_FALSE(labels().as_object().contains("team"));
  wanted.jobLabels[std::string(kQueueLabel)] = "other";
  EXPECT_EQ(labels().at(kQueueLabel), "other");
}

TEST(Jobs, ThatKueuePutsIntoAQueueItselfAreLeftToIt) {
  const json::object suspended = {
      {"metadata", {{"labels", {{kQueueLabel, "default"}}}}},
      {"spec", {{"completions", 1}, {"parallelism", 1}, {"suspend", true}}}};
  EXPECT_FALSE(jobChange(read(kOne), suspended));
}

TEST(Settings, HaveTheClustersDomain) {
  const auto cluster = read("  size: 2\n  services: [{image: a, name: b, ports: [1]}]\n" + kOne);
  const auto made = *makeBlueprint(cluster, "uid", {.image = "i", .clusterDomain = "lab.test"});
  const std::string text = entry::format(made.settings);
  EXPECT_THAT(text, HasSubstr("%h.a.lab.svc.lab.test:%p"));
  EXPECT_THAT(text, HasSubstr("\"a-services.a.lab.svc.lab.test\""));
  EXPECT_THAT(text, Not(HasSubstr("cluster.local")));
}

TEST(Pods, KnowASidecarByItsShortName) {
  const auto made = job(blueprint("  containers:\n    - {image: a, command: b, runFlux: true}\n"
                                  "    - {image: nginx, name: nginx, ports: [80]}\n"),
                        {{"nginx", "10.96.0.7"}}, "");
  const auto* aliases = kube::findArray(made, {"spec", "template", "spec", "hostAliases"});
  ASSERT_NE(aliases, nullptr);
  EXPECT_EQ(json::serialize(*aliases), R"([{"ip":"10.96.0.7","hostnames":["nginx"]}])");
}

TEST(Pods, TakeNoTokenUnasked) {
  const auto token = [](const std::string& spec) {
    const auto made = job(blueprint(spec), {}, "");
    const auto* found =
        kube::find(made, {"spec", "template", "spec", "automountServiceAccountToken"});
    return found == nullptr ? std::string("as the account says") : json::serialize(*found);
  };
  EXPECT_EQ(token(kOne), "false");
  EXPECT_EQ(token("  pod: {serviceAccountName: robot}\n" + kOne), "as the account says");
  EXPECT_EQ(token("  pod: {automountServiceAccountToken: true}\n" + kOne), "true");
}

}  // namespace
}  // namespace mc::controller
