// What the server makes of the kinds that Kubernetes brings.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const Resource kServiceAccounts{"", "v1", "serviceaccounts", "ServiceAccount", true};
const Resource kCoreEvents{"", "v1", "events", "Event", true};

class Kinds : public ApiSuite {
 protected:
  Object service(const Object& spec) const { return object(kServices, "a", {{"spec", spec}}); }
  Object event(const std::string& name, const Object& about) const {
    return object(kEvents, name,
                  {{"eventTime", "2026-11-23T09:12:00.000000Z"},
                   {"reportingController", "suite.test/one"},
                   {"reportingInstance", "host-1"},
                   {"action", "Test"},
                   {"reason", "Tried"},
                   {"type", "Normal"},
                   {"note", "It was tried"},
                   {"regarding", Object{{"apiVersion", "v1"},
                                        {"kind", "ConfigMap"},
                                        {"namespace", ns_},
                                        {"name", nameOf(about)},
                                        {"uid", uidOf(about)}}}});
  }
};

TEST_F(Kinds, JobDefaults) {
  const Object made = create(kJobs, job("a"));
  EXPECT_EQ(findNumber(made, {"spec", "backoffLimit"}), 6);
  EXPECT_EQ(text(made, {"spec", "podReplacementPolicy"}), "TerminatingOrFailed");
  EXPECT_EQ(find(made, {"spec", "suspend"})->as_bool(), false);
  EXPECT_EQ(generationOf(made), 1);
  EXPECT_EQ(text(made, {"spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"}),
            uidOf(made));
  const auto* labels = findObject(made, {"spec", "template", "metadata", "labels"});
  ASSERT_TRUE(labels);
  EXPECT_EQ(text(*labels, {"batch.kubernetes.io/job-name"}), "a");
  EXPECT_EQ(text(*labels, {"job-name"}), "a");
  EXPECT_EQ(labelOf(made, "job-name"), "a") << "without labels a Job takes its pods'";
  const auto& spec = *findObject(made, {"spec", "template", "spec"});
  EXPECT_EQ(text(spec, {"dnsPolicy"}), "ClusterFirst");
  EXPECT_EQ(findNumber(spec, {"terminationGracePeriodSeconds"}), 30);
  const auto& container = findArray(spec, {"containers"})->at(0).as_object();
  EXPECT_EQ(text(container, {"imagePullPolicy"}), "IfNotPresent");
  EXPECT_EQ(text(container, {"terminationMessagePath"}), "/dev/termination-log");
}

TEST_F(Kinds, JobTemplateIsImmutable) {
  create(kJobs, job("a"));
  const Object patch = {
      {"spec", Object{{"template", Object{{"spec", Object{{"hostNetwork", true}}}}}}}};
  const auto refused = client().patch(kJobs, {ns_, "a"}, PatchType::Merge, patch, {}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Invalid);
  EXPECT_THAT(causeFields(refused), ElementsAre("spec.template"));
  EXPECT_THAT(refused.error().message, HasSubstr("field is immutable"));
}

TEST_F(Kinds, JobSize) {
  create(kJobs, job("a"));
  const Object both{{"spec", Object{{"parallelism", 3}, {"completions", 3}}}};
  EXPECT_EQ(generationOf(merge(kJobs, "a", both)), 2);
  const Object one{{"spec", Object{{"completions", 4}}}};
  EXPECT_THAT(causeFields(client().patch(kJobs, {ns_, "a"}, PatchType::Merge, one, {}, {})),
              ElementsAre("spec.completions"));
}

TEST_F(Kinds, JobNeedsARestartPolicy) {
  Object object = job("a");
  object.at("spec").at("template").at("spec").as_object().erase("restartPolicy");
  EXPECT_THAT(causeFields(client().create(kJobs, object, {}, {})),
              Contains("spec.template.spec.restartPolicy"));
}

TEST_F(Kinds, JobFailurePolicyImpliesReplacementOfFailed) {
  Object object = job("a");
  object["spec"].as_object()["podFailurePolicy"] = {
      {"rules", json::array{Object{
                    {"action", "Ignore"},
                    {"onPodConditions", json::array{Object{{"type", "DisruptionTarget"}}}}}}}};
  const Object made = create(kJobs, object);
  EXPECT_EQ(text(made, {"spec", "podReplacementPolicy"}), "Failed");
  EXPECT_EQ(generationOf(apply(kJobs, object, "one")), 1);
}

TEST_F(Kinds, SuspendedJobMayBePlaced) {
  Object object = job("a");
  object["spec"].as_object()["suspend"] = true;
  create(kJobs, object);
  const Object patch = {
      {"spec",
       Object{{"template",
               Object{{"spec", Object{{"nodeSelector", Object{{"suite", "elsewhere"}}}}}}}}}};
  const Object now = merge(kJobs, "a", patch);
  EXPECT_EQ(text(now, {"spec", "template", "spec", "nodeSelector", "suite"}), "elsewhere");
}

TEST_F(Kinds, ServiceGetsAnAddressAndKeepsIt) {
  const Object made = create(kServices, service({{"ports", json::array{Object{{"port", 80}}}}}));
  const auto address = text(made, {"spec", "clusterIP"});
  EXPECT_THAT(address, HasSubstr("."));
  EXPECT_EQ(text(made, {"spec", "type"}), "ClusterIP");
  EXPECT_EQ(findNumber(findArray(made, {"spec", "ports"})->at(0).as_object(), {"targetPort"}), 80);
  const Object now = merge(kServices, "a", {{"metadata", Object{{"labels", Object{{"a", "b"}}}}}});
  EXPECT_EQ(text(now, {"spec", "clusterIP"}), address);
  const auto refused = client().patch(kServices, {ns_, "a"}, PatchType::Merge,
                                      Object{{"spec", Object{{"clusterIP", "None"}}}}, {}, {});
  EXPECT_EQ(reasonOf(refused), Reason::Invalid);
}

TEST_F(Kinds, HeadlessService) {
  const Object made = create(kServices, service({{"clusterIP", "None"},
                                                 {"publishNotReadyAddresses", true},
                                                 {"selector", Object{{"a", "b"}}}}));
  EXPECT_EQ(text(made, {"spec", "clusterIP"}), "None");
  EXPECT_TRUE(find(made, {"spec", "publishNotReadyAddresses"})->as_bool());
}

TEST_F(Kinds, ServiceNameIsALabel) {
  Object object = service({{"clusterIP", "None"}});
  object["metadata"].as_object()["name"] = "1a";
  EXPECT_THAT(causeFields(client().create(kServices, object, {}, {})),
              ElementsAre("metadata.name"));
}

TEST_F(Kinds, SecretKeepsTextAsBase64) {
  const Object made =
      create(kSecrets, object(kSecrets, "a", {{"stringData", Object{{"key", "value"}}}}));
  EXPECT_EQ(text(made, {"data", "key"}), "dmFsdWU=");
  EXPECT_FALSE(made.contains("stringData"));
  EXPECT_EQ(text(made, {"type"}), "Opaque");
}

TEST_F(Kinds, SecretsMustBeBase64) {
  const Object bad = object(kSecrets, "a", {{"data", Object{{"key", "***"}}}});
  const auto refused = client().create(kSecrets, bad, {}, {});
  ASSERT_EQ(reasonOf(refused), Reason::BadRequest);
  EXPECT_THAT(refused.error().message, HasSubstr("illegal base64 data at input byte 0"));
}

TEST_F(Kinds, DataKeysAreFileNames) {
  EXPECT_THAT(causeFields(client().create(kConfigMaps, configMap("a", {{"x/y", "1"}}), {}, {})),
              ElementsAre("data[x/y]"));
}

TEST_F(Kinds, ImmutableConfigMap) {
  Object object = configMap("a");
  object["immutable"] = true;
  create(kConfigMaps, object);
  const Object patch{{"data", Object{{"a", "2"}}}};
  EXPECT_THAT(causeFields(client().patch(kConfigMaps, {ns_, "a"}, PatchType::Merge, patch, {}, {})),
              ElementsAre("data"));
}

TEST_F(Kinds, Lease) {
  const Object spec{{"holderIdentity", "one"},
                    {"leaseDurationSeconds", 15},
                    {"renewTime", "2026-11-23T09:12:00.123456Z"},
                    {"leaseTransitions", 0}};
  const Object first = create(kLeases, object(kLeases, "a", {{"spec", spec}}));
  EXPECT_EQ(text(first, {"spec", "renewTime"}), "2026-11-23T09:12:00.123456Z");
  Object renewed = first;
  renewed["spec"].as_object()["renewTime"] = "2026-11-23T09:12:02.000000Z";
  update(kLeases, renewed);
  Object stolen = first;
  stolen["spec"].as_object()["holderIdentity"] = "two";
  EXPECT_EQ(reasonOf(client().update(kLeases, stolen, {}, {})), Reason::Conflict);
  Object bad = object(kLeases, "b", {{"spec", Object{{"leaseDurationSeconds", 0}}}});
  EXPECT_THAT(causeFields(client().create(kLeases, bad, {}, {})),
              ElementsAre("spec.leaseDurationSeconds"));
}

TEST_F(Kinds, EventsHaveTwoFaces) {
  const Object about = create(kConfigMaps, configMap("about"));
  create(kEvents, event("e", about));
  const Object core = get(kCoreEvents, "e");
  EXPECT_EQ(text(core, {"message"}), "It was tried");
  EXPECT_EQ(text(core, {"involvedObject", "name"}), "about");
  EXPECT_EQ(text(core, {"reportingComponent"}), "suite.test/one");
  EXPECT_THAT(
      names(kCoreEvents,
            {.fieldSelector = "involvedObject.uid=" + std::string(uidOf(about)) + ",type=Normal"}),
      ElementsAre("e"));
  EXPECT_TRUE(names(kCoreEvents, {.fieldSelector = "involvedObject.name=other"}).empty());
}

TEST_F(Kinds, EventSeries) {
  const Object about = create(kConfigMaps, configMap("about"));
  create(kEvents, event("e", about));
  const Object now = merge(
      kEvents, "e",
      {{"series", Object{{"count", 3}, {"lastObservedTime", "2026-11-23T09:13:00.000000Z"}}}});
  EXPECT_EQ(findNumber(now, {"series", "count"}), 3);
}

TEST_F(Kinds, EventNeedsAnAction) {
  const Object about = create(kConfigMaps, configMap("about"));
  Object object = event("e", about);
  object["action"] = "";
  EXPECT_THAT(causeFields(client().create(kEvents, object, {}, {})), ElementsAre("action"));
}

TEST_F(Kinds, PodIsMostlyImmutable) {
  await(kServiceAccounts, "default", [](const Object* account) { return account != nullptr; });
  const auto spec = json::parse(R"({"nodeSelector": {"suite": "nowhere"},
      "containers": [{"name": "main", "image": "registry.test/none:1"}]})");
  const Object made = create(kPods, object(kPods, "a", {{"spec", spec}}));
  EXPECT_EQ(text(made, {"status", "phase"}), "Pending");
  EXPECT_EQ(text(made, {"spec", "restartPolicy"}), "Always");
  const auto refused = client().patch(kPods, {ns_, "a"}, PatchType::Merge,
                                      Object{{"spec", Object{{"hostNetwork", true}}}}, {}, {});
  ASSERT_EQ(reasonOf(refused), Reason::Invalid);
  EXPECT_THAT(causeFields(refused), ElementsAre("spec"));
  EXPECT_THAT(refused.error().message, HasSubstr("pod updates may not change fields other than"));
  EXPECT_THAT(names(kPods, {.fieldSelector = "status.phase=Pending,spec.nodeName="}),
              ElementsAre("a"));
  remove(kPods, "a");
  awaitGone(kPods, "a");
}

TEST_F(Kinds, NamespaceCarriesItsName) {
  const auto made = client().get(kNamespaces, {"", ns_}, {}, {});
  ASSERT_TRUE(made);
  EXPECT_EQ(labelOf(*made, "kubernetes.io/metadata.name"), ns_);
  EXPECT_EQ(text(*made, {"status", "phase"}), "Active");
}

}  // namespace
}  // namespace mc::kube
