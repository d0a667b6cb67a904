#include "flux/services/kvs/service.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_host.hpp"
#include "flux/formats/json.hpp"
#include "flux/formats/signed_jobspec.hpp"
#include "flux/services/kvs/tree_object.hpp"

namespace mc::flux::services::kvs {
namespace {

using fakes::Asked;

std::string put(const std::string& key, const std::string& value, bool append = false) {
  return R"({"key":")" + key + R"(","flags":)" + (append ? "32" : "0") +
         R"(,"dirent":{"ver":1,"type":"val","data":")" + formats::encodeBase64(value) + R"("}})";
}
std::string unlink(const std::string& key) {
  return R"({"key":")" + key + R"(","flags":0,"dirent":null})";
}

class KvsTest : public ::testing::Test {
 protected:
  Asked ask(const std::string& method, const std::string& payload) {
    Asked asked("kvs." + method, payload);
    service.handle(asked.request());
    return asked;
  }
  Asked commit(const std::string& ops, const std::string& ns = "primary") {
    return ask("commit", R"({"namespace":")" + ns + R"(","ops":[)" + ops + R"(],"flags":0})");
  }
  std::string value(const std::string& key, const std::string& ns = "primary") {
    const Asked asked =
        ask("lookup", R"({"key":")" + key + R"(","namespace":")" + ns + R"(","flags":0})");
    if (asked.last().errnum != 0) return "errno " + std::to_string(asked.last().errnum);
    const auto object = asked.last().json().at("val").as_object();
    EXPECT_EQ(object.at("type"), "val");
    return formats::decodeBase64(object.at("data").as_string()).value();
  }

  Store store{0};
  KvsService service{store};
};

TEST_F(KvsTest, WritesAndReadsValues) {
  EXPECT_EQ(commit(put("a.b", "1") + "," + put("c", "x\n")).last().errnum, 0u);
  EXPECT_EQ(value("a.b"), "1");
  EXPECT_EQ(value(".a..b."), "1");
  EXPECT_EQ(value("c"), "x\n");
  EXPECT_EQ(value("nosuch"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(value("c.d"), "errno " + std::to_string(ENOTDIR));
  EXPECT_EQ(value("a"), "errno " + std::to_string(EISDIR));
}

TEST_F(KvsTest, AppendsInPlace) {
  commit(put("log", "one\n", true));
  Node* node = store.primary().find("log");
  commit(put("log", "two\n", true));
  EXPECT_EQ(store.primary().find("log"), node);
  EXPECT_EQ(value("log"), "one\ntwo\n");
}

TEST_F(KvsTest, UnlinksKeysAndWholeDirectories) {
  commit(put("a.b", "1") + "," + put("a.c", "2"));
  commit(unlink("a.b"));
  EXPECT_EQ(value("a.b"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(value("a.c"), "2");
  commit(unlink("a"));
  EXPECT_EQ(value("a.c"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(commit(unlink("nosuch.x")).last().errnum, 0u);
}

TEST_F(KvsTest, ListsDirectories) {
  commit(put("d.v", "1") + "," + put("d.sub.x", "2"));
  const Asked asked = ask("lookup", R"({"key":"d","flags":1})");
  const auto dir = asked.last().json().at("val").as_object();
  EXPECT_EQ(dir.at("type"), "dir");
  EXPECT_EQ(dir.at("data").as_object().size(), 2u);
  EXPECT_EQ(dir.at("data").at("sub").at("type"), "dirref");
  EXPECT_EQ(dir.at("data").at("v").at("type"), "val");
  EXPECT_EQ(ask("lookup", R"({"key":"d.v","flags":1})").last().errnum, unsigned{ENOTDIR});
}

TEST_F(KvsTest, CommitIsAllOrNothing) {
  commit(put("dir.x", "1"));
  const auto before = store.primary().sequence();
  EXPECT_EQ(commit(put("new", "1") + "," + put("dir", "2", true)).last().errnum, unsigned{EISDIR});
  EXPECT_EQ(value("new"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(store.primary().sequence(), before);
}

TEST_F(KvsTest, RefusesMalformedCommits) {
  for (const char* ops :
       {R"(5)", R"({"key":"a"})",
        R"({"key":"a","flags":0,"dirent":{"ver":2,"type":"val","data":""}})",
        R"({"key":"a","flags":0,"dirent":{"ver":1,"type":"what","data":""}})",
        R"({"key":"a","flags":0,"dirent":{"ver":1,"type":"val","data":"*"}})",
        R"({"key":"a","flags":0,"dirent":{"ver":1,"type":"valref","data":["sha1-00"]}})",
        R"({"key":".","flags":0,"dirent":{"ver":1,"type":"val","data":""}})",
        R"({"key":"a","flags":0,"dirent":{"ver":1,"type":"dir","data":{"x.y":{}}}})"})
    EXPECT_NE(commit(ops).last().errnum, 0u) << ops;
  EXPECT_TRUE(store.primary().root().directory()->entries().empty());
}

TEST_F(KvsTest, DirectoryObjectsMakeWholeTrees) {
  const std::string dirent =
      R"({"ver":1,"type":"dir","data":{"x":{"ver":1,"type":"val","data":"MQ=="},)"
      R"("y":{"ver":1,"type":"dir","data":{}}}})";
  EXPECT_EQ(commit(R"({"key":"t","flags":0,"dirent":)" + dirent + "}").last().errnum, 0u);
  EXPECT_EQ(value("t.x"), "1");
  EXPECT_EQ(ask("lookup", R"({"key":"t.y","flags":1})").last().errnum, 0u);
}

TEST_F(KvsTest, FollowsLinksButNotForEver) {
  commit(put("real.x", "1"));
  const auto link = [&](const std::string& key, const std::string& target) {
    commit(R"({"key":")" + key +
           R"(","flags":0,"dirent":{"ver":1,"type":"symlink","data":{"target":")" + target +
           R"("}}})");
  };
  link("link", "real");
  link("loop", "loop");
  EXPECT_EQ(value("link.x"), "1");
  EXPECT_EQ(value("loop"), "errno " + std::to_string(ELOOP));
  const Asked asked = ask("lookup", R"({"key":"link","flags":2})");
  EXPECT_EQ(asked.last().json().at("val").at("data").at("target"), "real");
  EXPECT_EQ(commit(put("link.y", "2")).last().errnum, unsigned{EINVAL});
}

TEST_F(KvsTest, VersionsGrowAndCanBeAwaited) {
  const auto root = ask("getroot", "{}").last().json();
  const auto sequence = root.at("rootseq").to_number<uint64_t>();
  Asked waiting = ask("wait-version", R"({"rootseq":)" + std::to_string(sequence + 1) + "}");
  EXPECT_TRUE(waiting.replies().empty());
  const auto committed = commit(put("a", "1")).last().json();
  ASSERT_EQ(waiting.replies().size(), 1u);
  EXPECT_GT(waiting.last().json().at("rootseq").to_number<uint64_t>(), sequence);
  EXPECT_NE(committed.at("rootref"), root.at("rootref"));
  EXPECT_TRUE(committed.at("rootref").as_string().starts_with("sha1-"));
  EXPECT_EQ(ask("getroot", "{}").last().json().at("rootref"), committed.at("rootref"));
}

TEST_F(KvsTest, NamespacesAreSeparate) {
  EXPECT_EQ(ask("namespace-create", R"({"namespace":"job-1","owner":7})").last().errnum, 0u);
  EXPECT_EQ(ask("namespace-create", R"({"namespace":"job-1","owner":7})").last().errnum,
            unsigned{EEXIST});
  commit(put("a", "guest"), "job-1");
  EXPECT_EQ(value("a", "job-1"), "guest");
  EXPECT_EQ(value("a"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(ask("namespace-list", "{}").last().json().at("namespaces").as_array().size(), 2u);
  EXPECT_EQ(ask("namespace-remove", R"({"namespace":"job-1"})").last().errnum, 0u);
  EXPECT_EQ(value("a", "job-1"), "errno " + std::to_string(ENOTSUP));
  EXPECT_EQ(ask("namespace-remove", R"({"namespace":"primary"})").last().errnum, unsigned{ENOTSUP});
}

TEST_F(KvsTest, GuestsUseTheirOwnNamespaceOnly) {
  ask("namespace-create", R"({"namespace":"mine","owner":7})");
  const auto asGuest = [&](const std::string& method, const std::string& payload) {
    Asked asked("kvs." + method, payload);
    service.handle(asked.as(7, wire::kRoleUser).request());
    return asked.last().errnum;
  };
  const std::string ops = R"("ops":[)" + put("a", "1") + R"(],"flags":0})";
  EXPECT_EQ(asGuest("commit", R"({"namespace":"mine",)" + ops), 0u);
  EXPECT_EQ(asGuest("commit", R"({"namespace":"primary",)" + ops), unsigned{EPERM});
  EXPECT_EQ(asGuest("lookup", R"({"key":"a","flags":0})"), unsigned{EPERM});
  EXPECT_EQ(asGuest("namespace-create", R"({"namespace":"x","owner":7})"), unsigned{EPERM});
}

TEST_F(KvsTest, WaitersForARemovedNamespaceAreTold) {
  ask("namespace-create", R"({"namespace":"gone","owner":0})");
  const Asked waiting = ask("wait-version", R"({"namespace":"gone","rootseq":100})");
  ask("namespace-remove", R"({"namespace":"gone"})");
  ASSERT_EQ(waiting.replies().size(), 1u);
  EXPECT_EQ(waiting.last().errnum, unsigned{ENOTSUP});
}

TEST_F(KvsTest, UnknownMethodsAndBadPayloadsFail) {
  EXPECT_EQ(ask("nosuch", "{}").last().errnum, unsigned{ENOSYS});
  EXPECT_EQ(ask("lookup", "[1]").last().errnum, unsigned{EPROTO});
  EXPECT_EQ(ask("lookup", "{}").last().errnum, unsigned{EPROTO});
}

TEST(Node, TellsWatchersOfEveryChangeAndItsEnd) {
  std::vector<Change> seen;
  auto node = std::make_unique<Node>(std::string("a"));
  auto watch = node->watch([&](Change change) { seen.push_back(change); });
  node->append("b");
  node->replace(std::string("c"));
  node.reset();
  EXPECT_EQ(seen, (std::vector<Change>{Change::Appended, Change::Replaced, Change::Removed}));
}

TEST(Node, AppendsToTextThatIsKeptElsewhere) {
  struct Fixed final : Text {
    [[nodiscard]] std::string read() const override { return "from afar"; }
  };
  Node node(std::make_shared<const Fixed>());
  EXPECT_EQ(node.read(), "from afar");
  node.append("+");
  EXPECT_EQ(node.read(), "from afar+");
}

TEST(Store, CreationWaitsForNamespacesThatDoNotExistYet) {
  Store store(0);
  std::vector<std::string> seen;
  auto watch =
      store.onCreate("job-5", "exec.eventlog", [&](Node& node) { seen.push_back(node.read()); });
  Namespace* ns = store.create("job-5", 0).value();
  ASSERT_TRUE(ns->put("other", std::string("x")));
  ASSERT_TRUE(ns->append("exec.eventlog", "first"));
  ASSERT_TRUE(ns->append("exec.eventlog", "second"));
  EXPECT_EQ(seen, std::vector<std::string>{"first"});
}

TEST(Creations, KeepNothingOfThoseWhoHaveLeft) {
  Creations creations;
  Node node(std::string("x"));
  base::Watch leaves;
  leaves = creations.wait("ns", "a", [&](Node&) { leaves.reset(); });
  auto never = creations.wait("ns", "b", [](Node&) {});
  EXPECT_EQ(creations.size(), 2u);
  creations.created("ns", "a", node);
  never.reset();
  EXPECT_EQ(creations.size(), 0u);
}

TEST(Store, RemovedNamespacesCanBeGraftedWithTheirWatchers) {
  Store store(0);
  Namespace* ns = store.create("job-5", 0).value();
  Node* log = ns->append("output", "a").value();
  int changes = 0;
  auto watch = log->watch([&](Change) { ++changes; });
  auto tree = store.remove("job-5").value();
  ASSERT_TRUE(store.primary().graft("job.guest", std::move(tree)));
  EXPECT_EQ(store.primary().find("job.guest.output"), log);
  EXPECT_EQ(changes, 0);
}

TEST(Store, PruneTakesEmptyDirectoriesAlong) {
  Store store(0);
  Namespace& ns = store.primary();
  ASSERT_TRUE(ns.put("job.1.a.x", std::string("1")));
  ASSERT_TRUE(ns.put("job.2.a.x", std::string("1")));
  ns.prune("job.1.a");
  EXPECT_EQ(ns.find("job.1"), nullptr);
  EXPECT_NE(ns.find("job.2.a.x"), nullptr);
}

}  // namespace
}  // namespace mc::flux::services::kvs
