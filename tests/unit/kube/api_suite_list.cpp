// Lists: selectors and pages.
#include <boost/json/array.hpp>

#include "http/uri.hpp"
#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Lists : public ApiSuite {
 protected:
  void labelled(const std::string& name, const Object& labels) {
    Object object = configMap(name);
    object["metadata"].as_object()["labels"] = labels;
    create(kConfigMaps, object);
  }
  std::vector<std::string> byLabel(const std::string& selector) {
    return names(kConfigMaps, {.labelSelector = selector});
  }
};

TEST_F(Lists, LabelSelectors) {
  labelled("a", {{"app", "web"}, {"tier", "front"}});
  labelled("b", {{"app", "web"}});
  labelled("c", {{"app", "db"}});
  EXPECT_THAT(byLabel("app=web"), ElementsAre("a", "b"));
  EXPECT_THAT(byLabel("app==db"), ElementsAre("c"));
  EXPECT_THAT(byLabel("app=web,tier"), ElementsAre("a"));
  EXPECT_THAT(byLabel("app,app!=web"), ElementsAre("c"));
  EXPECT_THAT(byLabel("app,!tier"), ElementsAre("b", "c"));
  EXPECT_THAT(byLabel("app in (db, other)"), ElementsAre("c"));
  EXPECT_THAT(byLabel("app, tier notin (front)"), ElementsAre("b", "c"));
  EXPECT_THAT(byLabel("app=none"), IsEmpty());
}

TEST_F(Lists, BadSelectorIsBadRequest) {
  ListOptions options{.ns = ns_, .labelSelector = "a in b"};
  EXPECT_EQ(reasonOf(client().list(kConfigMaps, options, [](const Object&) {}, {})),
            Reason::BadRequest);
  options = {.ns = ns_, .fieldSelector = "data.a=1"};
  EXPECT_EQ(reasonOf(client().list(kConfigMaps, options, [](const Object&) {}, {})),
            Reason::BadRequest);
}

TEST_F(Lists, FieldSelectors) {
  create(kConfigMaps, configMap("a"));
  create(kConfigMaps, configMap("b"));
  EXPECT_THAT(names(kConfigMaps, {.fieldSelector = "metadata.name=b"}), ElementsAre("b"));
  EXPECT_THAT(names(kConfigMaps, {.fieldSelector = "metadata.namespace=" + ns_ +
                                                   ",metadata.name!=b,metadata.name!=kube-root-"
                                                   "ca.crt"}),
              ElementsAre("a"));
  EXPECT_THAT(names(kConfigMaps, {.fieldSelector = "metadata.namespace=none"}), IsEmpty());
}

TEST_F(Lists, ItemsCarryTheirKind) {
  create(kWidgets, widget("a"));
  const auto items = list(kWidgets);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(text(items[0], {"kind"}), "Widget");
  EXPECT_EQ(text(items[0], {"apiVersion"}), "suite.minicluster.test/v1");
}

TEST_F(Lists, OtherNamespacesStayOut) {
  create(kWidgets, widget("a"));
  EXPECT_THAT(names(kWidgets, {.ns = "default"}), IsEmpty());
  std::vector<std::string> everywhere;
  ASSERT_TRUE(client().list(kWidgets, {.fieldSelector = "metadata.namespace=" + ns_},
                            [&](const Object& item) { everywhere.emplace_back(nameOf(item)); },
                            {}));
  EXPECT_THAT(everywhere, ElementsAre("a"));
}

TEST_F(Lists, PagesShowOneMoment) {
  for (const auto* name : {"a", "b", "c", "d", "e"}) create(kWidgets, widget(name));
  std::vector<std::string> seen;
  const auto listed = client().list(kWidgets, {.ns = ns_, .pageSize = 2},
                                    [&](const Object& item) {
                                      seen.emplace_back(nameOf(item));
                                      if (seen.size() != 1) return;
                                      create(kWidgets, widget("bb"));
                                      remove(kWidgets, "e");
                                    },
                                    {});
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_THAT(seen, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(names(kWidgets), ElementsAre("a", "b", "bb", "c", "d"));
}

TEST_F(Lists, VersionIsThatOfTheMoment) {
  const auto made = create(kWidgets, widget("a"));
  ListInfo info;
  (void)list(kWidgets, {}, &info);
  EXPECT_GE(std::stoll(info.resourceVersion), std::stoll(version(made)));
  const auto later = create(kWidgets, widget("b"));
  EXPECT_LT(std::stoll(info.resourceVersion), std::stoll(version(later)));
}

TEST_F(Lists, MetadataOnly) {
  create(kWidgets, widget("a"));
  const auto items = list(kWidgets, {.metadataOnly = true});
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(nameOf(items[0]), "a");
  EXPECT_FALSE(items[0].contains("spec"));
}

TEST_F(Lists, RawPages) {
  for (const auto* name : {"a", "b", "c"}) create(kWidgets, widget(name));
  const auto path = collectionPath(kWidgets, ns_);
  const auto first = client().getRaw(path + "?limit=2", {}).value().as_object();
  EXPECT_EQ(findArray(first, {"items"})->size(), 2u);
  EXPECT_EQ(findNumber(first, {"metadata", "remainingItemCount"}), 1);
  const auto token = text(first, {"metadata", "continue"});
  ASSERT_NE(token, "");
  const auto second =
      client().getRaw(path + "?limit=2&continue=" + http::escaped(token), {}).value().as_object();
  EXPECT_EQ(findArray(second, {"items"})->size(), 1u);
  EXPECT_EQ(text(second, {"metadata", "continue"}), "");
  EXPECT_EQ(text(second, {"metadata", "resourceVersion"}),
            text(first, {"metadata", "resourceVersion"}));
  EXPECT_EQ(reasonOf(client().getRaw(path + "?limit=2&continue=bad!", {})), Reason::BadRequest);
}

}  // namespace
}  // namespace mc::kube
