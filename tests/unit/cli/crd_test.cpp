// minicluster crd.

#include <boost/json/parse.hpp>

#include "api/schema.hpp"
#include "base/yaml.hpp"
#include "cli_fixture.hpp"

namespace mc::cli {
namespace {

using Crd = CliTest;

TEST_F(Crd, PrintsTheDefinition) {
  ASSERT_EQ(run({"crd"}), 0);
  const auto printed = base::parseYaml(out.text);
  ASSERT_EQ(printed.documents.size(), 1u);
  EXPECT_EQ(base::toJson(*printed.documents[0]),
            boost::json::value(api::customResourceDefinition({})));
}

TEST_F(Crd, PrintsJson) {
  ASSERT_EQ(run({"crd", "-o", "json"}), 0);
  boost::system::error_code error;
  EXPECT_EQ(boost::json::parse(out.text, error),
            boost::json::value(api::customResourceDefinition({})));
}

TEST_F(Crd, NamesTheWebhookAsItIsTold) {
  ASSERT_EQ(run({"crd", "--webhook-namespace=here", "--webhook-service=hook"}), 0);
  EXPECT_THAT(out.text, testing::HasSubstr("name: hook\n"));
  EXPECT_THAT(out.text, testing::HasSubstr("namespace: here\n"));
}

TEST_F(Crd, RefusesOtherFormats) {
  EXPECT_EQ(run({"crd", "-o", "wide"}), 1);
  EXPECT_EQ(out.text, "");
}

}  // namespace
}  // namespace mc::cli
