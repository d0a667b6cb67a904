#include "flux/services/kvs/journal.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_loop.hpp"
#include "flux/services/kvs/record.hpp"

namespace mc::flux::services::kvs {
namespace {

using content::Hash;

/// A backing store in memory that outlives its users, and that can be full.
struct Disk {
  std::unordered_map<Hash, std::string, content::HashOfHash> blobs;
  std::map<std::string, std::string> checkpoints;
  std::vector<std::string> journal;
  bool full = false;
  int commits = 0;
};

class DiskBacking final : public content::Backing {
 public:
  explicit DiskBacking(Disk& disk) : disk_(disk) {}
  base::Result<std::string> load(const Hash& hash) override {
    const auto at = disk_.blobs.find(hash);
    if (at == disk_.blobs.end()) return base::fail(ENOENT, "no such blob");
    return at->second;
  }
  base::Result<std::string> checkpoint(std::string_view key) override {
    const auto at = disk_.checkpoints.find(std::string(key));
    if (at == disk_.checkpoints.end()) return base::fail(ENOENT, "no checkpoint");
    return at->second;
  }
  base::Status readJournal(const std::function<base::Status(std::string_view)>& callback) override {
    for (const std::string& record : disk_.journal) MC_TRY(callback(record));
    return {};
  }
  base::Status begin() override {
    staged_.clear();
    return {};
  }
  base::Status store(const Hash& hash, std::string_view blob) override {
    return stage([this, hash, text = std::string(blob)] { disk_.blobs[hash] = text; });
  }
  base::Status setCheckpoint(std::string_view key, std::string_view value) override {
    return stage([this, name = std::string(key), text = std::string(value)] {
      disk_.checkpoints[name] = text;
    });
  }
  base::Status appendJournal(std::string_view record) override {
    return stage([this, text = std::string(record)] { disk_.journal.push_back(text); });
  }
  base::Status clearJournal() override {
    return stage([this] { disk_.journal.clear(); });
  }
  base::Status commit() override {
    if (disk_.full) return base::fail(ENOSPC, "database or disk is full");
    ++disk_.commits;
    for (const auto& change : staged_) change();
    return {};
  }
  void rollback() override { staged_.clear(); }

 private:
  base::Status stage(std::function<void()> change) {
    staged_.push_back(std::move(change));
    return {};
  }

  Disk& disk_;
  std::vector<std::function<void()>> staged_;
};

/// One life of a KVS.
struct Life {
  explicit Life(Disk& disk)
      : blobs(std::make_unique<DiskBacking>(disk)),
        tree(
            blobs,
            [this](const Symlink& link) {
              Namespace* ns = link.ns.empty() ? nullptr : store.find(link.ns);
              return ns != nullptr && !ns->prefix().empty() ? &ns->root() : nullptr;
            },
            [this](const std::string& text) { errors.push_back(text); }),
        store(0),
        journal(loop, store, tree, [this](const std::string& text) { errors.push_back(text); }) {
    const auto opened = journal.open();
    EXPECT_TRUE(opened) << opened.error().message;
  }
  std::string value(std::string_view key) {
    const auto node = store.resolve(store.primary(), key);
    return node ? (*node)->read() : "errno " + std::to_string(node.error().errnum);
  }
  void put(std::string_view key, const std::string& text) {
    EXPECT_TRUE(store.primary().put(key, text));
  }
  void turn() { loop.advance(std::chrono::seconds(1)); }

  fakes::FakeLoop loop;
  std::vector<std::string> errors;
  content::Blobs blobs;
  TreeBlobs tree;
  Store store;
  Journal journal;
};

class JournalTest : public ::testing::TestWithParam<bool> {
 protected:
  /// Ends a turn of the loop, with or without a checkpoint.
  static void settle(Life& life) {
    life.turn();
    if (GetParam()) {
      ASSERT_TRUE(life.journal.checkpoint());
    }
  }
  Disk disk;
};

TEST_P(JournalTest, KeepsValuesDirectoriesAndLinks) {
  {
    Life life(disk);
    life.put("a.b", "1");
    life.put("a.c", std::string("x\0y", 3));
    life.put("empty", "");
    ASSERT_TRUE(life.store.primary().append("log", "one\n"));
    settle(life);
    ASSERT_TRUE(life.store.primary().append("log", "two\n"));
    ASSERT_TRUE(life.store.primary().put(
        "l", std::unique_ptr<const Symlink>(std::make_unique<Symlink>(Symlink{"", "a.b"}))));
    ASSERT_TRUE(life.store.primary().graft("d", std::make_unique<Node>(Directory())));
    life.put("gone", "x");
    ASSERT_TRUE(life.store.primary().unlink("gone"));
    settle(life);
  }
  Life life(disk);
  EXPECT_EQ(life.value("a.b"), "1");
  EXPECT_EQ(life.value("a.c"), std::string("x\0y", 3));
  EXPECT_EQ(life.value("empty"), "");
  EXPECT_EQ(life.value("log"), "one\ntwo\n");
  EXPECT_EQ(life.value("l"), "1");
  EXPECT_NE(life.store.primary().find("d")->directory(), nullptr);
  EXPECT_EQ(life.store.primary().find("gone"), nullptr);
  EXPECT_EQ(life.store.primary().sequence(), 9u);
}

TEST_P(JournalTest, KeepsLargeValuesInPieces) {
  const std::string large(3u << 20, 'z');
  {
    Life life(disk);
    life.put("big", large);
    settle(life);
  }
  Life life(disk);
  EXPECT_EQ(life.value("big"), large);
  ASSERT_TRUE(life.store.primary().append("big", "end"));
  settle(life);
  EXPECT_EQ(Life(disk).value("big"), large + "end");
}

TEST_P(JournalTest, KeepsWhatRunningJobsWriteInTheirNamespaces) {
  {
    Life life(disk);
    life.put("job.1.J", "j");
    const auto ns = life.store.mount("job-1", 7, "job.1.guest");
    ASSERT_TRUE(ns);
    ASSERT_TRUE((*ns)->append("log", "one\n"));
    settle(life);
    ASSERT_TRUE((*ns)->append("log", "two\n"));
    settle(life);
    EXPECT_EQ(Life(disk).value("job.1.guest.log"), "one\ntwo\n");
    ASSERT_TRUE((*ns)->append("log", "three\n"));
    life.store.unmount("job-1");
    EXPECT_EQ(life.value("job.1.guest.log"), "one\ntwo\nthree\n");
    settle(life);
  }
  Life life(disk);
  EXPECT_EQ(life.value("job.1.guest.log"), "one\ntwo\nthree\n");
}

TEST_P(JournalTest, SealedTreesLeaveMemoryAndComeBack) {
  constexpr int kJobs = 300;
  {
    Life life(disk);
    for (int i = 0; i < kJobs; ++i) {
      const std::string key = "job." + std::to_string(i);
      life.put(key + ".a", "value " + std::to_string(i));
      life.put(key + ".guest.b", "more");
      life.store.primary().seal(key);
    }
    settle(life);
    for (int round = 0; round < 2; ++round)
      for (int i = 0; i < kJobs; ++i)
        EXPECT_EQ(life.value("job." + std::to_string(i) + ".a"), "value " + std::to_string(i));
    life.turn();
    EXPECT_FALSE(life.tree.crowded());
    // One can still be changed.
    life.put("job.5.a", "new");
    settle(life);
    EXPECT_TRUE(life.errors.empty());
  }
  Life life(disk);
  EXPECT_EQ(life.value("job.5.a"), "new");
  EXPECT_EQ(life.value("job.5.guest.b"), "more");
  EXPECT_EQ(life.value("job.6.a"), "value 6");
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutCheckpoint, JournalTest, ::testing::Bool());

class JournalFaults : public ::testing::Test {
 protected:
  Disk disk;
};

TEST_F(JournalFaults, WhatIsWatchedIsNotSealed) {
  Life life(disk);
  life.put("job.1.a", "1");
  const auto watch = life.store.primary().find("job.1.a")->watch([](Change) {});
  const Node* node = life.store.primary().find("job.1.a");
  life.store.primary().seal("job.1");
  life.turn();
  EXPECT_EQ(life.store.primary().find("job.1.a"), node);
}

TEST_F(JournalFaults, ChangesOfATurnAreOneTransaction) {
  Life life(disk);
  const int before = disk.commits;
  for (int i = 0; i < 100; ++i) life.put("k" + std::to_string(i), "v");
  EXPECT_TRUE(life.journal.waiting());
  life.turn();
  EXPECT_EQ(disk.commits, before + 1);
  EXPECT_FALSE(life.journal.waiting());
}

TEST_F(JournalFaults, CallsBackOnceChangesAreWritten) {
  Life life(disk);
  std::string order;
  life.journal.whenWritten([&] { order += 'a'; });
  EXPECT_EQ(order, "a");
  life.put("k", "v");
  life.journal.whenWritten([&] { order += disk.journal.empty() ? '!' : 'b'; });
  life.journal.whenWritten([&] { order += 'c'; });
  EXPECT_EQ(order, "a");
  life.turn();
  EXPECT_EQ(order, "abc");
}

TEST_F(JournalFaults, AFullDiskIsToldOnceAndNothingIsForgotten) {
  Life life(disk);
  disk.full = true;
  life.put("a", "1");
  life.put("job.1.b", "2");
  life.store.primary().seal("job.1");
  life.turn();
  life.put("c", "3");
  life.turn();
  EXPECT_TRUE(life.journal.failing());
  EXPECT_EQ(life.errors, std::vector<std::string>{"database or disk is full"});
  EXPECT_EQ(life.value("job.1.b"), "2");
  EXPECT_EQ(Life(disk).value("a"), "errno 2");
  disk.full = false;
  life.turn();  // by itself, once there is room
  life.turn();
  EXPECT_FALSE(life.journal.failing());
  EXPECT_EQ(life.errors.back(), "");
  Life next(disk);
  EXPECT_EQ(next.value("a"), "1");
  EXPECT_EQ(next.value("job.1.b"), "2");
  EXPECT_EQ(next.value("c"), "3");
}

TEST_F(JournalFaults, CheckpointsCostNoMoreThanAPartOfTheChanges) {
  Life life(disk);
  const std::string text(1000, 'x');
  size_t longest = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string key = "job." + std::to_string(i % 7) + '.' + std::to_string(i);
    life.put(key + ".a", text);
    life.store.primary().seal(key);
    if (i % 100 == 99) life.turn();
    longest = std::max(longest, disk.journal.size());
  }
  EXPECT_EQ(disk.checkpoints.count("kvs-primary"), 1u);
  EXPECT_LT(longest, 290u);  // the journal starts anew in between
  // The directories above the jobs, about 2.7 MB at the end, were written a few times only.
  EXPECT_LT(life.tree.writtenBytes(), 20u << 20);
}

TEST_F(JournalFaults, ABrokenJournalOrCheckpointIsAnError) {
  disk.journal.push_back("nonsense");
  fakes::FakeLoop loop;
  content::Blobs blobs(std::make_unique<DiskBacking>(disk));
  TreeBlobs tree(blobs, nullptr, [](const std::string&) {});
  Store store(0);
  Journal journal(loop, store, tree, [](const std::string&) {});
  EXPECT_FALSE(journal.open());
  disk.journal.clear();
  for (const char* text :
       {"", "[]", "{}", R"({"rootref":"x"})",
        R"({"rootref":"sha1-22596363b3de40b06f981fb85d82312e8c0ed511","sequence":1})"}) {
    disk.checkpoints["kvs-primary"] = text;
    EXPECT_FALSE(journal.open()) << text;
  }
}

TEST_F(JournalFaults, ADirectoryThatIsLostIsToldAndReadsAsNone) {
  {
    Life life(disk);
    life.put("d.a", "1");
    life.put("e.a", "2");
    ASSERT_TRUE(life.journal.checkpoint());
    disk.blobs.erase(life.store.primary().find("d")->stored()->hash());
  }
  Life life(disk);
  EXPECT_EQ(life.value("d.a"), "errno " + std::to_string(ENOTDIR));
  EXPECT_EQ(life.errors.size(), 1u);
  EXPECT_EQ(life.value("e.a"), "2");
}

TEST(Record, ComesBackAsItWas) {
  std::string bytes;
  appendRecord({RecordKind::Value, "key", std::string_view("a\0b", 3)}, bytes);
  appendRecord({RecordKind::Unlink, "", ""}, bytes);
  std::string_view rest = bytes;
  const auto first = takeRecord(rest);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, RecordKind::Value);
  EXPECT_EQ(first->key, "key");
  EXPECT_EQ(first->data, std::string_view("a\0b", 3));
  const auto second = takeRecord(rest);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, RecordKind::Unlink);
  EXPECT_TRUE(rest.empty());
}

TEST(Record, AnyBytesAreReadSafely) {
  std::string bytes;
  appendRecord({RecordKind::Append, "key", "data"}, bytes);
  for (size_t size = 1; size < bytes.size(); ++size) {
    std::string_view rest(bytes.data(), size);
    EXPECT_FALSE(takeRecord(rest)) << size;
  }
  bytes[0] = '?';
  std::string_view rest = bytes;
  EXPECT_FALSE(takeRecord(rest));
  const std::string huge = "v\xff\xff\xff\xff\xff\xff\xff\xff";
  rest = huge;
  EXPECT_FALSE(takeRecord(rest));
}

}  // namespace
}  // namespace mc::flux::services::kvs
