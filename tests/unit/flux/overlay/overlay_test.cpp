#include "flux/overlay/overlay.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "flux/wire/framing.hpp"

namespace mc::flux::overlay {
namespace {

Secret secretOf(uint8_t byte) {
  std::array<uint8_t, Secret::kSize> key{};
  key.fill(byte);
  return *Secret::derive(key);
}

/// A broker's end of the tree, and what it has seen.
struct Node {
  Node(base::Loop& loop, uint32_t rank, uint32_t size, const char* topology, OverlayOptions options)
      : overlay(loop, *Topology::parse(topology, size), with(std::move(options), rank),
                handlers()) {}

  static OverlayOptions with(OverlayOptions options, uint32_t rank) {
    options.rank = rank;
    options.uuid = "uuid-" + std::to_string(rank);
    return options;
  }

  Overlay::Handlers handlers() {
    Overlay::Handlers h;
    h.parentUp = [this](const std::string& uuid) { parent = uuid; };
    h.parentRefused = [this](const base::Error& error) { refused = error.errnum; };
    h.parentLost = [this](const base::Error&) { lostParent = true; };
    h.parentFailing = [this](const base::Error& error) { failing = error.errnum; };
    h.childUp = [this](const Child& child) { up.push_back(child.rank); };
    h.childDown = [this](const Child& child) { down.emplace_back(child.rank, child.status); };
    h.childRefused = [this](const base::Error& error) { refusedPeer = error.errnum; };
    h.message = [this](const std::string& uuid, wire::Message m) {
      messages.emplace_back(uuid, std::move(m));
    };
    h.statusChanged = [] {};
    return h;
  }

  std::string parent;
  int refused = 0;
  int failing = 0;
  int refusedPeer = 0;
  bool lostParent = false;
  std::vector<uint32_t> up;
  std::vector<std::pair<uint32_t, SubtreeStatus>> down;
  std::vector<std::pair<std::string, wire::Message>> messages;
  Overlay overlay;
};

class OverlayTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  }
  void TearDown() override {
    nodes.clear();
    ::rmdir(directory.c_str());
  }

  /// Turns the loop until `condition` holds; a test that waits in vain is ended by its time limit.
  template <class Condition>
  void await(Condition condition) {
    std::function<void()> check = [&] { condition() ? loop->stop() : loop->post(check); };
    loop->post(check);
    loop->run();
  }

  [[nodiscard]] Endpoint meeting(uint32_t rank) const {
    return {Endpoint::Kind::Ipc, directory + "/tbon-" + std::to_string(rank), 0};
  }

  Node& makeLocal(uint32_t rank, uint32_t size, const char* topology = "kary:2") {
    OverlayOptions options;
    const auto tree = Topology::parse(topology, size);
    if (!tree->children(rank).empty()) options.bind = meeting(rank);
    if (const auto parent = tree->parent(rank)) options.parent = meeting(*parent);
    return make(rank, size, topology, std::move(options));
  }

  /// Rank 0 on a TCP port of its own choice, the others connecting to it.
  Node& makeTcp(uint32_t rank, uint32_t size, const Secret& secret) {
    OverlayOptions options;
    options.secret = secret;
    if (rank == 0)
      options.bind = Endpoint{Endpoint::Kind::Tcp, "127.0.0.1", 0};
    else
      options.parent = *Endpoint::parse(nodes.at(0)->overlay.bindUri());
    return make(rank, size, "kary:0", std::move(options));
  }

  Node& make(uint32_t rank, uint32_t size, const char* topology, OverlayOptions options) {
    nodes.push_back(std::make_unique<Node>(*loop, rank, size, topology, std::move(options)));
    const auto started = nodes.back()->overlay.start();
    EXPECT_TRUE(started) << started.error().message;
    return *nodes.back();
  }

  std::unique_ptr<base::Loop> loop = base::makeLoop();
  std::string directory = "/tmp/overlay-test-XXXXXX";
  std::vector<std::unique_ptr<Node>> nodes;
};

TEST_F(OverlayTest, ChildrenJoinAndMessagesPass) {
  Node& root = makeLocal(0, 3);
  Node& one = makeLocal(1, 3);
  Node& two = makeLocal(2, 3);
  await([&] { return root.up.size() == 2 && !one.parent.empty() && !two.parent.empty(); });
  EXPECT_EQ(one.parent, "uuid-0");
  EXPECT_EQ(root.overlay.status(), SubtreeStatus::Full);

  one.overlay.sendParent(wire::makeRequest("up.there", 0, 7));
  two.overlay.sendParent(wire::makeRequest("up.there", 0, 8));
  root.overlay.sendChild(2, wire::makeRequest("down.there", 2, 9));
  await([&] { return root.messages.size() == 2 && two.messages.size() == 1; });
  EXPECT_EQ(two.messages[0].second.topic, "down.there");
  EXPECT_EQ(two.messages[0].first, "uuid-0");
  EXPECT_TRUE(one.messages.empty());
}

TEST_F(OverlayTest, LateChildAndLateParent) {
  Node& child = makeLocal(1, 2);
  await([&] { return child.failing == ENOENT; });
  Node& root = makeLocal(0, 2);
  EXPECT_EQ(root.overlay.status(), SubtreeStatus::Partial);
  await([&] { return !child.parent.empty() && root.overlay.status() == SubtreeStatus::Full; });
}

TEST_F(OverlayTest, LostChildIsNoticedAndMayReturn) {
  Node& root = makeLocal(0, 2);
  makeLocal(1, 2);
  await([&] { return root.up.size() == 1; });
  nodes.pop_back();
  await([&] { return root.down.size() == 1; });
  EXPECT_EQ(root.down[0], std::pair(1U, SubtreeStatus::Lost));
  EXPECT_EQ(root.overlay.status(), SubtreeStatus::Degraded);
  EXPECT_FALSE(root.overlay.sendChild(1, wire::makeRequest("a.b", 1, 1)));
  makeLocal(1, 2);
  await([&] { return root.up.size() == 2; });
  EXPECT_EQ(root.overlay.status(), SubtreeStatus::Full);
}

TEST_F(OverlayTest, ANewBrokerOfTheSameRankReplacesTheOld) {
  Node& root = makeLocal(0, 2);
  Node& old = makeLocal(1, 2);
  await([&] { return !old.parent.empty(); });
  Node& fresh = makeLocal(1, 2);
  await([&] { return !fresh.parent.empty() && old.lostParent; });
  EXPECT_EQ(root.up.size(), 2U);
  EXPECT_EQ(root.down.size(), 1U);
  EXPECT_EQ(root.overlay.childrenOnline(), 1U);
}

TEST_F(OverlayTest, GoodbyeIsNoLoss) {
  Node& root = makeLocal(0, 2);
  Node& child = makeLocal(1, 2);
  await([&] { return !child.parent.empty(); });
  bool left = false;
  child.overlay.leave([&] { left = true; });
  await([&] { return left && root.down.size() == 1; });
  EXPECT_EQ(root.down[0].second, SubtreeStatus::Offline);
  EXPECT_FALSE(child.lostParent);
}

TEST_F(OverlayTest, ChildIsCutOffOnRequest) {
  Node& root = makeLocal(0, 3);
  Node& child = makeLocal(1, 3);
  await([&] { return !child.parent.empty(); });
  EXPECT_EQ(root.overlay.disconnectChild(7, "why").error().errnum, ENOENT);
  EXPECT_EQ(root.overlay.disconnectChild(2, "why").error().message, "rank 2 is already offline");
  EXPECT_EQ(child.overlay.disconnectChild(2, "why").error().errnum, ENOENT);
  ASSERT_TRUE(root.overlay.disconnectChild(1, "why"));
  EXPECT_EQ(root.overlay.child(1)->status, SubtreeStatus::Lost);
  EXPECT_EQ(root.overlay.child(1)->error, "why");
  await([&] { return child.lostParent; });
}

TEST_F(OverlayTest, StatusOfASubtreeTravelsUp) {
  Node& root = makeLocal(0, 3, "kary:1");
  Node& middle = makeLocal(1, 3, "kary:1");
  await([&] { return !middle.parent.empty(); });
  EXPECT_EQ(root.overlay.status(), SubtreeStatus::Partial);
  makeLocal(2, 3, "kary:1");
  await([&] { return root.overlay.status() == SubtreeStatus::Full; });
  nodes.pop_back();
  await([&] { return root.overlay.status() == SubtreeStatus::Degraded; });
}

TEST_F(OverlayTest, ParentThatEndsRefusesChildren) {
  Node& root = makeLocal(0, 2);
  root.overlay.refuseChildren();
  Node& child = makeLocal(1, 2);
  await([&] { return child.refused != 0; });
  EXPECT_EQ(child.refused, ESHUTDOWN);
  EXPECT_TRUE(root.up.empty());
}

TEST_F(OverlayTest, ChildOfAnotherInstanceIsRefused) {
  makeLocal(0, 2);
  Node& child = makeLocal(1, 3);
  await([&] { return child.refused != 0; });
  EXPECT_EQ(child.refused, EINVAL);
}

TEST_F(OverlayTest, TlsBrokersWithTheKeyMeet) {
  Node& root = makeTcp(0, 3, secretOf(1));
  Node& one = makeTcp(1, 3, secretOf(1));
  Node& two = makeTcp(2, 3, secretOf(1));
  await([&] { return !one.parent.empty() && !two.parent.empty(); });
  wire::Message large = wire::makeRequest("big.one", 0, 1);
  large.setText(std::string(5u << 20, 'x'));
  two.overlay.sendParent(large);
  await([&] { return root.messages.size() == 1; });
  EXPECT_EQ(root.messages[0].second.text().size(), 5u << 20);
}

TEST_F(OverlayTest, TlsBrokerWithAnotherKeyStaysOut) {
  Node& root = makeTcp(0, 2, secretOf(1));
  Node& stranger = makeTcp(1, 2, secretOf(2));
  await([&] { return stranger.failing == EACCES && root.refusedPeer == EACCES; });
  EXPECT_TRUE(stranger.parent.empty());
  EXPECT_TRUE(root.up.empty());
}

TEST_F(OverlayTest, TlsListenerSurvivesForeignBytes) {
  Node& root = makeTcp(0, 2, secretOf(1));
  const auto endpoint = Endpoint::parse(root.overlay.bindUri());
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(3000, '\xff'), std::string(1, '\x16')}) {
    const base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = bindAddresses(*endpoint)->front();
    ASSERT_EQ(::connect(socket.get(), address.get(), address.length), 0);
    ASSERT_TRUE(base::writeAll(socket.get(), bytes));
  }
  await([&] { return root.refusedPeer == EACCES; });
  Node& child = makeTcp(1, 2, secretOf(1));
  await([&] { return !child.parent.empty(); });
}

TEST_F(OverlayTest, TcpNeedsAKey) {
  OverlayOptions options;
  options.bind = Endpoint{Endpoint::Kind::Tcp, "127.0.0.1", 0};
  Node node(*loop, 0, 2, "kary:2", options);
  EXPECT_EQ(node.overlay.start().error().errnum, EINVAL);
}

TEST_F(OverlayTest, PeerThatDoesNotSayHelloGetsNoWord) {
  Node& root = makeLocal(0, 2);
  const auto address = unixAddress(meeting(0).host);
  base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(socket.get(), address->get(), address->length), 0);
  ASSERT_TRUE(base::writeAll(socket.get(), wire::frame(wire::makeRequest("attr.set", 0, 1))));
  await([&] { return root.refusedPeer != 0; });
  EXPECT_EQ(root.refusedPeer, EPROTO);
  EXPECT_TRUE(root.messages.empty());
}

TEST(Hello, RefusesMalformedOnes) {
  const auto good = makeHello({1, 2, "uuid", SubtreeStatus::Full});
  ASSERT_TRUE(parseHello(good));
  for (const char* text :
       {"", "[]", "{}", R"({"rank":-1,"size":2,"uuid":"u","status":1,"version":1})",
        R"({"rank":1,"size":2,"uuid":"","status":1,"version":1})",
        R"({"rank":1,"size":2,"uuid":"u","status":9,"version":1})",
        R"({"rank":1,"size":2,"uuid":"u","status":1,"version":2})",
        R"({"rank":99999999999,"size":2,"uuid":"u","status":1,"version":1})"}) {
    auto message = good;
    message.setText(text);
    EXPECT_EQ(parseHello(message).error().errnum, EPROTO) << text;
  }
}

TEST(Secret, DependsOnTheCertificate) {
  EXPECT_EQ(secretOf(1).bytes(), secretOf(1).bytes());
  EXPECT_NE(secretOf(1).bytes(), secretOf(2).bytes());
}

TEST(Secret, MustBeTheOwnersOnly) {
  std::string path = "/tmp/secret-test-XXXXXX";
  const base::Fd fd(::mkstemp(path.data()));
  ASSERT_TRUE(base::writeAll(fd.get(), "curve\n"));
  EXPECT_EQ(Secret::fromCurveCert(path).error().errnum, EINVAL);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(Secret::fromCurveCert(path).error().errnum, EPERM);
  ::unlink(path.c_str());
  EXPECT_EQ(Secret::fromCurveCert(path).error().errnum, ENOENT);
}

}  // namespace
}  // namespace mc::flux::overlay
