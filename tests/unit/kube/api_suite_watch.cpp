// Watches.
#include <boost/json/array.hpp>

#include "unit/kube/api_suite.hpp"

namespace mc::kube {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

const char* letter(EventType type) {
  switch (type) {
    case EventType::Added:
      return "+";
    case EventType::Modified:
      return "*";
    case EventType::Deleted:
      return "-";
    case EventType::Bookmark:
      return "b";
  }
  return "?";
}

class Watches : public ApiSuite {
 protected:
  std::string now() {
    ListInfo info;
    (void)list(kWidgets, {}, &info);
    return info.resourceVersion;
  }
  WatchOptions from(const std::string& revision) const {
    WatchOptions options;
    options.ns = ns_;
    options.resourceVersion = revision;
    options.serverTimeout = 60s;
    return options;
  }
  /// "+a", "*a", "-a" of the first `count` changes.
  std::vector<std::string> events(const WatchOptions& options, size_t count) {
    std::vector<std::string> seen;
    const auto watched =
        client().watch(kWidgets, options,
                       [&](const WatchEvent& event) {
                         if (event.type != EventType::Bookmark) {
                           seen.push_back(letter(event.type) + std::string(nameOf(event.object)));
                           last_ = event.object;
                         }
                         return seen.size() < count;
                       },
                       {});
    EXPECT_TRUE(watched) << watched.error().message;
    return seen;
  }
  void relabel(const std::string& name, const std::string& value) {
    merge(kWidgets, name, {{"metadata", Object{{"labels", Object{{"l", value}}}}}});
  }
  Object last_;
};

TEST_F(Watches, ChangesInOrder) {
  const auto start = now();
  create(kWidgets, widget("a"));
  create(kWidgets, widget("b"));
  merge(kWidgets, "a", {{"spec", Object{{"size", 2}}}});
  remove(kWidgets, "a");
  EXPECT_THAT(events(from(start), 4), ElementsAre("+a", "+b", "*a", "-a"));
  EXPECT_EQ(findNumber(last_, {"spec", "size"}), 2) << "a deletion shows the last state";
}

TEST_F(Watches, ResumesBehindARevision) {
  const auto a = create(kWidgets, widget("a"));
  create(kWidgets, widget("b"));
  EXPECT_THAT(events(from(version(a)), 1), ElementsAre("+b"));
}

TEST_F(Watches, WithoutRevisionBeginsWithTheState) {
  create(kWidgets, widget("a"));
  create(kWidgets, widget("b"));
  merge(kWidgets, "b", {{"spec", Object{{"size", 5}}}});
  EXPECT_THAT(events(from(""), 2), UnorderedElementsAre("+a", "+b"));
  EXPECT_THAT(events(from("0"), 2), UnorderedElementsAre("+a", "+b"));
}

TEST_F(Watches, LiveChanges) {
  const auto start = now();
  create(kWidgets, widget("first"));
  std::vector<std::string> seen;
  const auto watched =
      client().watch(kWidgets, from(start),
                     [&](const WatchEvent& event) {
                       if (event.type == EventType::Bookmark) return true;
                       seen.push_back(letter(event.type) + std::string(nameOf(event.object)));
                       if (seen.size() == 1) create(kWidgets, widget("second"));
                       return seen.size() < 2;
                     },
                     {});
  ASSERT_TRUE(watched) << watched.error().message;
  EXPECT_THAT(seen, ElementsAre("+first", "+second"));
}

TEST_F(Watches, LeavingTheSelectionIsADeletion) {
  const auto start = now();
  create(kWidgets, widget("a"));
  relabel("a", "in");
  relabel("a", "in");
  relabel("a", "out");
  relabel("a", "in");
  remove(kWidgets, "a");
  auto options = from(start);
  options.labelSelector = "l=in";
  EXPECT_THAT(events(options, 4), ElementsAre("+a", "-a", "+a", "-a"));
}

TEST_F(Watches, DeletedEventsCarryTheDeletionsRevision) {
  const auto made = create(kWidgets, widget("a"));
  remove(kWidgets, "a");
  EXPECT_THAT(events(from(version(made)), 1), ElementsAre("-a"));
  EXPECT_GT(std::stoll(version(last_)), std::stoll(version(made)));
}

TEST_F(Watches, OneObjectByFieldSelector) {
  const auto start = now();
  create(kWidgets, widget("a"));
  create(kWidgets, widget("b"));
  auto options = from(start);
  options.fieldSelector = "metadata.name=b";
  EXPECT_THAT(events(options, 1), ElementsAre("+b"));
}

TEST_F(Watches, WritesWithoutChangeAreNotSeen) {
  const auto made = create(kWidgets, widget("a"));
  update(kWidgets, made);
  relabel("a", "x");
  relabel("a", "x");
  remove(kWidgets, "a");
  EXPECT_THAT(events(from(version(made)), 2), ElementsAre("*a", "-a"));
}

TEST_F(Watches, MetadataOnly) {
  const auto start = now();
  create(kWidgets, widget("a"));
  auto options = from(start);
  options.metadataOnly = true;
  EXPECT_THAT(events(options, 1), ElementsAre("+a"));
  EXPECT_FALSE(last_.contains("spec"));
}

TEST_F(Watches, FinalizersEndInOneDeletion) {
  Object object = widget("a");
  object["metadata"].as_object()["finalizers"] = boost::json::array{"suite.test/hold"};
  const auto made = create(kWidgets, object);
  remove(kWidgets, "a");
  merge(kWidgets, "a", {{"metadata", Object{{"finalizers", nullptr}}}});
  create(kWidgets, widget("b"));
  EXPECT_THAT(events(from(version(made)), 3), ElementsAre("*a", "-a", "+b"));
}

TEST_F(Watches, EndWhenTheirTimeIsOver) {
  auto options = from(now());
  options.serverTimeout = 1s;
  const auto watched =
      client().watch(kWidgets, options, [](const WatchEvent&) { return true; }, {});
  EXPECT_TRUE(watched) << watched.error().message;
}

TEST_F(Watches, TooOldIsGone) {
  create(kWidgets, widget("a"));
  backend().forgetHistory();
  const auto watched =
      client().watch(kWidgets, from("1"), [](const WatchEvent&) { return true; }, {});
  ASSERT_FALSE(watched);
  EXPECT_EQ(watched.error().reason, Reason::Gone);
  EXPECT_EQ(watched.error().code, 410);
}

TEST_F(Watches, BadRevisionIsRefused) {
  const auto watched =
      client().watch(kWidgets, from("soon"), [](const WatchEvent&) { return true; }, {});
  ASSERT_FALSE(watched);
}

}  // namespace
}  // namespace mc::kube
