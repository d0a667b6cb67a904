// Environments of containers: values of ConfigMaps, Secrets and of the pod.

#include "local/variables.hpp"

#include <gmock/gmock.h>

namespace mc::local {
namespace {

using testing::ElementsAre;
using testing::Pair;

class Data final : public DataReader {
 public:
  base::Result<std::optional<Values>> find(core::Kind kind, const std::string& name) override {
    const auto found = objects.find({kind, name});
    if (found == objects.end()) return std::optional<Values>();
    return std::optional(found->second);
  }
  std::map<std::pair<core::Kind, std::string>, Values> objects;
};

class Variables : public testing::Test {
 protected:
  Variables() { pod.role = plan::Role::Workload; }

  base::Result<plan::Container> make() {
    return withEnvironment(pod, container, {"ns", "web-1", "uid", "node", "10.0.0.7"}, data);
  }
  std::string failure() {
    const auto made = make();
    return made ? "" : made.error().message;
  }
  void add(core::Variable variable) { container.variables.push_back(std::move(variable)); }

  Data data;
  plan::Pod pod;
  plan::Container container;
};

TEST_F(Variables, ReferToEarlierOnes) {
  add({"A", "one", {}, {}, {}});
  add({"B", "$(A)-$(C)-$$(A)", {}, {}, {}});
  container.command = {"run", "$(B)"};
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->environment, ElementsAre(Pair("A", "one"), Pair("B", "one-$(C)-$(A)")));
  EXPECT_THAT(made->command, ElementsAre("run", "one-$(C)-$(A)"));
}

TEST_F(Variables, ComeFromSecretsAsTheyAre) {
  data.objects[{core::Kind::Secret, "s"}] = {{"k", "$(A)"}};
  add({"A", "one", {}, {}, {}});
  add({"P", "", core::KeyRef{"s", "k", false}, {}, {}});
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->environment, ElementsAre(Pair("A", "one"), Pair("P", "$(A)")));
}

TEST_F(Variables, SayWhatIsMissing) {
  add({"P", "", core::KeyRef{"s", "k", false}, {}, {}});
  EXPECT_EQ(failure(), "secret \"s\" not found");
  data.objects[{core::Kind::Secret, "s"}] = {};
  EXPECT_EQ(failure(), "couldn't find key k in Secret \"s\"");
  container.variables[0].secret->optional = true;
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->environment.empty());
}

TEST_F(Variables, OfAWholeObjectGiveWayToSingleOnes) {
  data.objects[{core::Kind::ConfigMap, "m"}] = {{"A", "map"}, {"1bad", "x"}, {"B", "map"}};
  container.variablesFrom = {{"", "m", "", false}, {"X_", "m", "", false}, {"", "no", "", true}};
  add({"A", "own", {}, {}, {}});
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->environment,
              ElementsAre(Pair("A", "own"), Pair("B", "map"), Pair("X_1bad", "x"),
                          Pair("X_A", "map"), Pair("X_B", "map")));
}

TEST_F(Variables, KnowThePod) {
  pod.labels = {{"app", "web"}};
  add({"NAME", "", {}, {}, "metadata.name"});
  add({"APP", "", {}, {}, "metadata.labels['app']"});
  add({"IP", "", {}, {}, "status.podIP"});
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->environment,
              ElementsAre(Pair("NAME", "web-1"), Pair("APP", "web"), Pair("IP", "10.0.0.7")));
  EXPECT_TRUE(needsAddress(container));
}

TEST_F(Variables, OfMiniClustersComeFromSecretsToo) {
  pod.role = plan::Role::Lead;
  data.objects[{core::Kind::Secret, "s"}] = {{"k", "value"}};
  container.environment = {{"A", "one"}};
  container.secretEnvironment = {{"P", "s", "k"}};
  const auto made = make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->environment, ElementsAre(Pair("A", "one")));
  ASSERT_EQ(made->variables.size(), 1u);
  EXPECT_EQ(made->variables[0].value, "value");
}

}  // namespace
}  // namespace mc::local
