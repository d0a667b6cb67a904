#include "flux/services/content/service.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/fake_host.hpp"
#include "flux/services/content/sqlite_backing.hpp"
#include "flux/services/kvs/storage.hpp"
#include "unit/base/temporary_directory.hpp"

namespace mc::flux::services::content {
namespace {

using base::TemporaryDirectory;

// The answers to one request whose payload is bytes.
class RawAsked {
 public:
  RawAsked(const std::string& topic, std::string payload, uint32_t rolemask = wire::kRoleOwner) {
    message_ = wire::makeRequest(topic, wire::kNodeidAny, 1);
    message_.set(wire::kRoute);
    message_.routes = {"client-1"};
    message_.rolemask = rolemask;
    if (payload.empty()) return;
    message_.set(wire::kPayload);
    message_.payload = std::move(payload);
  }
  wire::Message to(broker::Service& service) {
    wire::Message answer;
    service.handle({message_, [&](wire::Message m) { answer = std::move(m); }});
    return answer;
  }

 private:
  wire::Message message_;
};

std::string bytes(const Hash& hash) {
  return std::string(bytesOf(hash));
}

TEST(Blob, IsNamedByItsSha1) {
  const Hash hash = hashOf("hello world\n");
  EXPECT_EQ(blobref(hash), "sha1-22596363b3de40b06f981fb85d82312e8c0ed511");
  EXPECT_EQ(parseBlobref("sha1-22596363b3de40b06f981fb85d82312e8c0ed511"), hash);
  EXPECT_FALSE(parseBlobref("sha1-22596363b3de40b06f981fb85d82312e8c0ed51"));
  EXPECT_FALSE(parseBlobref("sha1-22596363b3de40b06f981fb85d82312e8c0ed51G"));
  EXPECT_FALSE(parseBlobref("md5-22596363b3de40b06f981fb85d82312e8c0ed511"));
  EXPECT_FALSE(hashFromBytes("short"));
}

class ContentTest : public ::testing::Test {
 protected:
  void open() {
    host.attributes["statedir"] = directory.path();
    auto opened = kvs::Storage::open(host);
    ASSERT_TRUE(opened) << opened.error().message;
    storage = std::move(*opened);
    service = std::make_unique<ContentService>("content", storage->blobs(), storage->journal());
  }
  wire::Message ask(const std::string& method, const std::string& payload) {
    return RawAsked("content." + method, payload).to(*service);
  }

  TemporaryDirectory directory;
  fakes::FakeHost host;
  std::unique_ptr<kvs::Storage> storage;
  std::unique_ptr<ContentService> service;
};

TEST_F(ContentTest, StoresAndLoadsBytesOfAnyKindAlsoInTheNextLife) {
  const std::string blob("a\0b\xff", 4);
  open();
  EXPECT_EQ(ask("store", blob).payload, bytes(hashOf(blob)));
  EXPECT_EQ(ask("store", "").payload, bytes(hashOf("")));
  EXPECT_EQ(ask("load", bytes(hashOf(blob))).payload, blob);
  EXPECT_EQ(ask("flush", "").errnum(), 0u);
  service.reset();
  storage.reset();
  open();
  EXPECT_EQ(ask("load", bytes(hashOf(blob))).payload, blob);
  EXPECT_EQ(ask("load", bytes(hashOf(""))).errnum(), 0u);
  EXPECT_EQ(ask("validate", bytes(hashOf(blob))).errnum(), 0u);
}

TEST_F(ContentTest, RefusesWhatItDoesNotHaveAndWhatIsNoHash) {
  open();
  EXPECT_EQ(ask("load", bytes(hashOf("nosuch"))).errnum(), unsigned{ENOENT});
  EXPECT_EQ(ask("validate", bytes(hashOf("nosuch"))).errnum(), unsigned{ENOENT});
  EXPECT_EQ(ask("load", "xyz").errnum(), unsigned{EPROTO});
  EXPECT_EQ(ask("nosuch", "").errnum(), unsigned{ENOSYS});
  EXPECT_EQ(RawAsked("content.load", bytes(hashOf("")), wire::kRoleUser).to(*service).errnum(),
            unsigned{EPERM});
}

TEST_F(ContentTest, GivesTheCheckpointOfTheKvs) {
  open();
  EXPECT_EQ(ask("checkpoint-get", "").errnum(), unsigned{ENOENT});
  ASSERT_TRUE(storage->store().primary().put("a", std::string("1")));
  ASSERT_TRUE(storage->journal()->checkpoint());
  const auto answer = fakes::parseJson(ask("checkpoint-get", "").text());
  const auto& value = answer.at("value").as_object();
  EXPECT_EQ(value.at("version").to_number<int>(), 1);
  EXPECT_EQ(value.at("sequence").to_number<int>(), 1);
  const auto root = parseBlobref(value.at("rootref").as_string());
  ASSERT_TRUE(root);
  EXPECT_EQ(ask("load", bytes(*root)).payload,
            R"({"ver":1,"type":"dir","data":{"a":{"ver":1,"type":"val","data":"MQ=="}}})");
}

TEST_F(ContentTest, KeepsOtherCheckpointsButNotOneOfTheRunningKvs) {
  open();
  EXPECT_EQ(ask("checkpoint-put", R"({"key":"mine","value":{"rootref":"x"}})").errnum(), 0u);
  EXPECT_EQ(ask("checkpoint-get", R"({"key":"mine"})").text(), R"({"value":{"rootref":"x"}})");
  EXPECT_EQ(ask("checkpoint-put", R"({"value":{"rootref":"x"}})").errnum(), unsigned{EBUSY});
  EXPECT_EQ(ask("checkpoint-put", R"({"key":"mine"})").errnum(), unsigned{EPROTO});
}

TEST_F(ContentTest, WithoutBackingStoreHasNothingToFlush) {
  Blobs blobs;
  ContentService memory("content", blobs, nullptr);
  EXPECT_EQ(RawAsked("content.store", "x").to(memory).payload, bytes(hashOf("x")));
  EXPECT_EQ(RawAsked("content.load", bytes(hashOf("x"))).to(memory).payload, "x");
  EXPECT_EQ(RawAsked("content.flush", "").to(memory).errnum(), unsigned{ENOSYS});
  EXPECT_EQ(RawAsked("content.checkpoint-get", "").to(memory).errnum(), unsigned{ENOSYS});
}

TEST_F(ContentTest, AnotherBrokerCantUseTheSameDatabase) {
  open();
  const auto second = openSqlite(directory.path() + "/content.sqlite");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().errnum, EBUSY);
  EXPECT_EQ(second.error().message, directory.path() + "/content.sqlite: in use by another broker");
}

TEST_F(ContentTest, SaysWhatIsWrongWithAFileThatIsNoDatabase) {
  std::ofstream(directory.path() + "/content.sqlite") << std::string(5000, 'x');
  host.attributes["statedir"] = directory.path();
  const auto opened = kvs::Storage::open(host);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().errnum, EIO);
  EXPECT_EQ(opened.error().message, "cannot use the content database: " + directory.path() +
                                        "/content.sqlite: file is not a database");
}

TEST_F(ContentTest, SaysThatADirectoryIsMissing) {
  host.attributes["statedir"] = directory.path() + "/nosuch";
  const auto opened = kvs::Storage::open(host);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("nosuch/content.sqlite: unable to open"), std::string::npos)
      << opened.error().message;
}

TEST_F(ContentTest, NeverPassesDamageOnAsContent) {
  open();
  const std::string blob(20000, 'q');
  ask("store", blob);
  ASSERT_EQ(ask("flush", "").errnum(), 0u);
  service.reset();
  storage.reset();
  // Some of the blob's bytes get another value.
  const std::string path = directory.path() + "/content.sqlite";
  std::string text;
  {
    std::ifstream in(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  const size_t at = text.find(std::string(100, 'q'));
  ASSERT_NE(at, std::string::npos);
  text[at + 50] = 'r';
  std::ofstream(path, std::ios::binary) << text;
  open();
  EXPECT_EQ(ask("load", bytes(hashOf(blob))).errnum(), unsigned{EIO});
}

}  // namespace
}  // namespace mc::flux::services::content
