// Answers to the API server's reviews.

#include "operator/webhook/review.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/conversion.hpp"
#include "api/read.hpp"

namespace mc::controller {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

json::object parse(const std::string& text) {
  return json::parse(text).as_object();
}

std::string textAt(const json::object& object, const std::string& pointer) {
  boost::system::error_code error;
  const json::value whole = object;
  const auto* found = whole.find_pointer(pointer, error);
  return found == nullptr     ? "(none)"
         : found->is_string() ? std::string(found->get_string())
                              : json::serialize(*found);
}

constexpr const char* kGood =
    R"({"apiVersion": "flux-framework.org/v1alpha2", "kind": "MiniCluster",
  "metadata": {"name": "c", "namespace": "n"},
  "spec": {"size": 2, "containers": [{"image": "a", "command": "b"}]}})";

json::object good() {
  return parse(kGood);
}

json::object& specOf(json::object& object) {
  return object.at("spec").as_object();
}

json::object conversion(const std::string& wanted, json::array objects) {
  return {
      {"apiVersion", "apiextensions.k8s.io/v1"},
      {"kind", "ConversionReview"},
      {"request", {{"uid", "u1"}, {"desiredAPIVersion", wanted}, {"objects", std::move(objects)}}}};
}

json::object admission(const char* operation, json::object object, json::value old = nullptr) {
  return {{"apiVersion", "admission.k8s.io/v1"},
          {"kind", "AdmissionReview"},
          {"request",
           {{"uid", "u2"},
            {"kind",
             {{"group", "flux-framework.org"}, {"version", "v1alpha2"}, {"kind", "MiniCluster"}}},
            {"operation", operation},
            {"object", std::move(object)},
            {"oldObject", std::move(old)}}}};
}

json::object answered(const json::object& review) {
  const auto answer = answerAdmission(review);
  EXPECT_TRUE(answer) << answer.error().message;
  return answer ? *answer : json::object();
}

TEST(ConversionReview, ConvertsEveryObject) {
  const auto answer = answerConversion(conversion("flux-framework.org/v1alpha1", {good(), good()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(textAt(*answer, "/kind"), "ConversionReview");
  EXPECT_EQ(textAt(*answer, "/response/uid"), "u1");
  EXPECT_EQ(textAt(*answer, "/response/result/status"), "Success");
  EXPECT_EQ(textAt(*answer, "/response/convertedObjects/1/apiVersion"),
            "flux-framework.org/v1alpha1");
  EXPECT_FALSE(answer->contains("request"));
}

TEST(ConversionReview, FailsAsAWhole) {
  const auto answer = answerConversion(
      conversion("flux-framework.org/v1alpha1", {good(), json::object{{"kind", "Pod"}}}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(textAt(*answer, "/response/result/status"), "Failure");
  EXPECT_THAT(textAt(*answer, "/response/result/message"), HasSubstr("MiniCluster"));
  EXPECT_EQ(textAt(*answer, "/response/convertedObjects"), "(none)");
}

TEST(ConversionReview, RefusesVersionsItDoesNotKnow) {
  const auto answer = answerConversion(conversion("flux-framework.org/v2", {good()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(textAt(*answer, "/response/result/status"), "Failure");
}

TEST(ConversionReview, TakesNoOtherReview) {
  EXPECT_FALSE(answerConversion(admission("CREATE", good())));
  EXPECT_FALSE(answerConversion({}));
  EXPECT_FALSE(answerConversion(parse(R"({"kind": "ConversionReview", "request": 7})")));
}

TEST(AdmissionReview, AllowsWhatIsRight) {
  const auto answer = answered(admission("CREATE", good()));
  EXPECT_EQ(textAt(answer, "/response/uid"), "u2");
  EXPECT_EQ(textAt(answer, "/response/allowed"), "true");
}

TEST(AdmissionReview, RefusesInTheWordsOfTheLocalEngine) {
  auto bad = good();
  specOf(bad)["size"] = 0;
  specOf(bad)["containers"].as_array()[0].as_object()["ports"] = {80, 80};
  const auto answer = answered(admission("CREATE", bad));
  EXPECT_EQ(textAt(answer, "/response/allowed"), "false");
  EXPECT_EQ(textAt(answer, "/response/status/code"), "422");
  EXPECT_EQ(textAt(answer, "/response/status/reason"), "Invalid");
  EXPECT_EQ(textAt(answer, "/response/status/details/name"), "c");
  EXPECT_EQ(textAt(answer, "/response/status/details/kind"), "MiniCluster");
  const auto local = api::read(json::serialize(bad), "default").problems;
  ASSERT_EQ(local.size(), 2u);
  for (size_t i = 0; i < local.size(); ++i) {
    const std::string cause = "/response/status/details/causes/" + std::to_string(i);
    EXPECT_EQ(textAt(answer, cause + "/field"), local[i].field);
    EXPECT_THAT(textAt(answer, cause + "/message"), HasSubstr(local[i].cure));
  }
  EXPECT_THAT(
      textAt(answer, "/response/status/message"),
      HasSubstr("spec.size: must be from 1 to 100000, not `0`\nspec.containers[0].ports[1]: "
                "port 80 is taken by spec.containers[0].ports[0] ("));
}

TEST(AdmissionReview, SaysNothingOfLines) {
  auto bad = good();
  specOf(bad)["containers"] = {{{"image", "a"}, {"runFlux", true}, {"command", "x"}},
                               {{"image", "a"}, {"runFlux", true}, {"command", "x"}}};
  const auto answer = answered(admission("CREATE", bad));
  EXPECT_THAT(textAt(answer, "/response/status/message"), testing::Not(HasSubstr("line")));
}

TEST(AdmissionReview, WarnsOfWhatHasNoEffect) {
  auto object = good();
  specOf(object)["flux"] = {{"arch", "arm"}};
  EXPECT_THAT(textAt(answered(admission("CREATE", object)), "/response/warnings/0"),
              HasSubstr("spec.flux.arch: without effect"));
}

TEST(AdmissionReview, TakesAChangeOfSize) {
  auto old = good();
  specOf(old)["maxSize"] = 4;
  auto wanted = old;
  specOf(wanted)["size"] = 4;
  EXPECT_EQ(textAt(answered(admission("UPDATE", wanted, old)), "/response/allowed"), "true");
}

TEST(AdmissionReview, RefusesAChangeThatCanNotBeMade) {
  auto wanted = good();
  specOf(wanted)["containers"].as_array()[0].as_object()["command"] = "other";
  const auto answer = answered(admission("UPDATE", wanted, good()));
  EXPECT_EQ(textAt(answer, "/response/allowed"), "false");
  EXPECT_THAT(textAt(answer, "/response/status/message"), HasSubstr("spec.containers"));
}

TEST(AdmissionReview, RefusesAChangeToSomethingBad) {
  auto wanted = good();
  specOf(wanted)["size"] = 0;
  EXPECT_EQ(textAt(answered(admission("UPDATE", wanted, good())), "/response/allowed"), "false");
}

TEST(AdmissionReview, LetsWhatIsBadBeLabelledAndDeleted) {
  auto bad = good();
  specOf(bad)["size"] = -1;
  auto labelled = bad;
  labelled.at("metadata").as_object()["labels"] = {{"a", "b"}};
  EXPECT_EQ(textAt(answered(admission("UPDATE", labelled, bad)), "/response/allowed"), "true");
  auto leaving = bad;
  leaving.at("metadata").as_object()["deletionTimestamp"] = "2026-11-23T10:00:00Z";
  specOf(leaving)["size"] = -2;
  EXPECT_EQ(textAt(answered(admission("UPDATE", leaving, bad)), "/response/allowed"), "true");
}

TEST(AdmissionReview, CountsWhatTheVersionAtHandLacks) {
  auto written = good();
  written["apiVersion"] = "flux-framework.org/v1alpha1";
  specOf(written)["containers"].as_array()[0].as_object()["cores"] = 2;
  const auto stored = *api::convertTo(api::kAlpha2Version, written);
  auto other = written;
  specOf(other)["containers"].as_array()[0].as_object()["cores"] = 3;
  const auto changed = *api::convertTo(api::kAlpha2Version, other);
  EXPECT_EQ(textAt(answered(admission("UPDATE", stored, stored)), "/response/allowed"), "true");
  EXPECT_THAT(textAt(answered(admission("UPDATE", changed, stored)), "/response/status/message"),
              HasSubstr("cores"));
  auto forgotten = stored;
  forgotten.at("metadata").as_object().erase("annotations");
  EXPECT_THAT(textAt(answered(admission("UPDATE", forgotten, stored)), "/response/status/message"),
              HasSubstr("v1alpha1-fields"));
}

TEST(AdmissionReview, HasNothingToSayOfOtherRequests) {
  auto bad = good();
  specOf(bad)["size"] = -1;
  EXPECT_EQ(textAt(answered(admission("DELETE", bad)), "/response/allowed"), "true");
  EXPECT_EQ(textAt(answered(admission("CONNECT", bad)), "/response/allowed"), "true");
  auto status = admission("UPDATE", bad);
  status.at("request").as_object()["subResource"] = "status";
  EXPECT_EQ(textAt(answered(status), "/response/allowed"), "true");
}

TEST(AdmissionReview, TakesNonsense) {
  EXPECT_FALSE(answerAdmission({}));
  EXPECT_FALSE(answerAdmission(conversion("x", {})));
  EXPECT_FALSE(answerAdmission(parse(R"({"apiVersion": "admission.k8s.io/v1beta1",
                                         "kind": "AdmissionReview", "request": {}})")));
  for (const char* object : {"{}", R"({"apiVersion": 7})", R"({"kind": "MiniCluster", "spec": []})",
                             R"({"apiVersion": "flux-framework.org/v1alpha2", "kind": "MiniCluster",
                                 "metadata": [], "spec": {"containers": [[]]}})"}) {
    SCOPED_TRACE(object);
    EXPECT_EQ(textAt(answered(admission("CREATE", parse(object))), "/response/allowed"), "false");
  }
  EXPECT_EQ(textAt(answered(admission("CREATE", good(), 7)), "/response/allowed"), "true");
}

TEST(AdmissionReview, NamesFiftyProblemsAtMost) {
  auto bad = good();
  json::array containers;
  for (int i = 0; i < 400; ++i) containers.push_back(json::object{{"image", i}});
  specOf(bad)["containers"] = containers;
  const auto answer = answered(admission("CREATE", bad));
  EXPECT_EQ(answer.at("response").at("status").at("details").at("causes").as_array().size(), 50u);
}

}  // namespace
}  // namespace mc::controller
