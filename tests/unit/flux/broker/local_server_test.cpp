#include "flux/broker/local_server.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fakes/fake_host.hpp"
#include "flux/broker/run_directory.hpp"
#include "flux/overlay/endpoint.hpp"

namespace mc::flux::broker {
namespace {

constexpr uint32_t kOwner = 1000;
constexpr uint32_t kGuest = 1001;

class Alone final : public Neighbours {
 public:
  [[nodiscard]] std::string parentUuid() const override { return {}; }
  [[nodiscard]] std::optional<std::string> childTowards(uint32_t) const override { return {}; }
  void sendToChildren(const wire::Message&) override {}
};

class Recorder final : public Service {
 public:
  [[nodiscard]] std::string name() const override { return "record"; }
  void handle(const Request& request) override {
    requests.push_back(request);
    request.respond();
  }
  void disconnect(const std::string& sender) override { gone.push_back(sender); }
  std::vector<Request> requests;
  std::vector<std::string> gone;
};

/// A client's end of a connection.
struct Connection {
  base::Fd socket;
  int status = -1;  ///< the byte that opens it
  std::unique_ptr<wire::Stream> stream;
  std::vector<wire::Message> received;
  bool closed = false;
};

class LocalServerTest : public testing::Test {
 protected:
  void SetUp() override { router.addService(recorder); }

  Connection& connect(uint32_t userid) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    connections.push_back(std::make_unique<Connection>());
    Connection& c = *connections.back();
    server.admit(base::Fd(ends[0]), userid);
    unsigned char byte = 0xff;
    EXPECT_EQ(::read(ends[1], &byte, 1), 1);
    c.status = byte;
    c.stream = std::make_unique<wire::Stream>(
        *loop, base::Fd(ends[1]),
        wire::Stream::Handlers{[&c](wire::Message m) { c.received.push_back(std::move(m)); },
                               [&c](const base::Error&) { c.closed = true; }});
    return c;
  }

  template <class Condition>
  void await(Condition condition) {
    std::function<void()> check = [&] { condition() ? loop->stop() : loop->post(check); };
    loop->post(check);
    loop->run();
  }

  uint32_t call(Connection& c, const char* topic, const char* payload) {
    auto request = wire::makeRequest(topic, wire::kNodeidAny, 1);
    request.setText(payload);
    c.received.clear();
    c.stream->send(request);
    await([&] { return !c.received.empty(); });
    return c.received.back().errnum();
  }

  std::unique_ptr<base::Loop> loop = base::makeLoop();
  Alone neighbours;
  Recorder recorder;
  Router router{*loop, {0, kOwner, "uuid"}, neighbours};
  LocalServer server{*loop, router, {}};
  std::vector<std::unique_ptr<Connection>> connections;
};

TEST(LocalAccess, IsAsTheConfigurationSays) {
  const uint32_t owner = wire::kRoleOwner | wire::kRoleLocal;
  const uint32_t user = wire::kRoleUser | wire::kRoleLocal;
  EXPECT_EQ(rolesOf(kOwner, kOwner, {}), owner);
  EXPECT_EQ(rolesOf(kGuest, kOwner, {}), 0U);
  EXPECT_EQ(rolesOf(kGuest, kOwner, {true, false}), user);
  EXPECT_EQ(rolesOf(0, kOwner, {}), 0U);
  EXPECT_EQ(rolesOf(0, kOwner, {false, true}), owner);
  EXPECT_EQ(rolesOf(0, kOwner, {true, false}), user);
}

TEST_F(LocalServerTest, TurnsGuestsAwayWithEperm) {
  EXPECT_EQ(connect(kGuest).status, EPERM);
  EXPECT_EQ(connect(kOwner).status, 0);
  EXPECT_EQ(server.clients(), 1U);
}

TEST_F(LocalServerTest, StampsWhoSends) {
  server.setPolicy({true, false});
  EXPECT_EQ(call(connect(kOwner), "record.x", "{}"), 0U);
  EXPECT_EQ(recorder.requests.back().message().userid, kOwner);
  EXPECT_EQ(recorder.requests.back().message().rolemask, 5U);
  Connection& guest = connect(kGuest);
  auto forged = wire::makeRequest("record.x", wire::kNodeidAny, 2);
  forged.userid = kOwner;
  forged.rolemask = wire::kRoleOwner;
  guest.stream->send(forged);
  await([&] { return !guest.received.empty(); });
  EXPECT_EQ(recorder.requests.back().message().userid, kGuest);
  EXPECT_EQ(recorder.requests.back().message().rolemask, 6U);
}

TEST_F(LocalServerTest, OwnerMaySpeakForOthers) {
  Connection& owner = connect(kOwner);
  auto request = wire::makeRequest("record.x", wire::kNodeidAny, 2);
  request.userid = 42;
  request.rolemask = wire::kRoleUser;
  owner.stream->send(request);
  await([&] { return !owner.received.empty(); });
  EXPECT_EQ(recorder.requests.back().message().userid, 42U);
}

TEST_F(LocalServerTest, RootHasTheOwnersRoleWhereAllowedAndStaysRoot) {
  server.setPolicy({false, true});
  EXPECT_EQ(call(connect(0), "record.x", "{}"), 0U);
  EXPECT_EQ(recorder.requests.back().message().userid, 0U);
  EXPECT_EQ(recorder.requests.back().message().rolemask, 5U);
}

TEST_F(LocalServerTest, TellsServicesWhoHasGone) {
  call(connect(kOwner), "record.x", "{}");
  const std::string sender = recorder.requests.back().sender();
  EXPECT_EQ(sender.size(), 36U);
  connections.clear();
  await([&] { return !recorder.gone.empty(); });
  EXPECT_EQ(recorder.gone[0], sender);
  EXPECT_EQ(server.clients(), 0U);
}

TEST_F(LocalServerTest, SendsEventsToThoseWhoWantThem) {
  Connection& a = connect(kOwner);
  Connection& b = connect(kOwner);
  EXPECT_EQ(call(a, "event.subscribe", R"({"topic":"job"})"), 0U);
  EXPECT_EQ(call(b, "event.subscribe", R"({"topic":"other"})"), 0U);
  a.received.clear();
  b.received.clear();
  router.publish("job.start", "{}");
  router.publish("other", "{}");
  await([&] { return !a.received.empty() && !b.received.empty(); });
  EXPECT_EQ(a.received[0].topic, "job.start");
  EXPECT_EQ(b.received[0].topic, "other");
  EXPECT_EQ(call(a, "event.unsubscribe", R"({"topic":"job"})"), 0U);
  EXPECT_EQ(call(a, "event.unsubscribe", R"({"topic":"job"})"), static_cast<uint32_t>(ENOENT));
}

TEST_F(LocalServerTest, PrivateEventsAreNotForOtherGuests) {
  server.setPolicy({true, false});
  Connection& guest = connect(kGuest);
  call(guest, "event.subscribe", R"({"topic":""})");
  guest.received.clear();
  wire::Message event;
  event.type = wire::Type::Event;
  event.topic = "secret";
  event.flags = wire::kTopic | wire::kPrivate;
  event.userid = kOwner;
  router.publish(event);
  event.topic = "mine";
  event.userid = kGuest;
  router.publish(event);
  await([&] { return !guest.received.empty(); });
  EXPECT_EQ(guest.received[0].topic, "mine");
}

TEST_F(LocalServerTest, GuestServicesCarryTheirNumber) {
  server.setPolicy({true, false});
  Connection& guest = connect(kGuest);
  EXPECT_EQ(call(guest, "service.add", R"({"service":"attr"})"), static_cast<uint32_t>(EPERM));
  EXPECT_EQ(call(guest, "service.add", R"({"service":"1001-shell-f1"})"), 0U);
  EXPECT_EQ(call(connect(kOwner), "service.add", R"({"service":"1001-shell-f1"})"),
            static_cast<uint32_t>(EEXIST));
  EXPECT_EQ(call(guest, "service.remove", R"({"service":"1001-shell-f1"})"), 0U);
  EXPECT_EQ(call(guest, "service.add", "[]"), static_cast<uint32_t>(EPROTO));
}

TEST_F(LocalServerTest, GuestsTakeOnlyTheirShareOfDescriptors) {
  server.setPolicy({true, false});
  for (size_t i = 0; i < LocalServer::kMaxGuests; ++i) EXPECT_EQ(connect(kGuest).status, 0);
  EXPECT_EQ(connect(kGuest + 1).status, EMFILE);
  EXPECT_EQ(connect(kOwner).status, 0);
  connections.front()->stream->close();
  await([&] { return server.clients() == LocalServer::kMaxGuests; });
  EXPECT_EQ(connect(kGuest).status, 0);
}

TEST_F(LocalServerTest, GuestThatDoesNotReadIsCutOff) {
  server.setPolicy({true, false});
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::Fd deaf(ends[1]);
  server.admit(base::Fd(ends[0]), kGuest);
  auto subscription = wire::makeRequest("event.subscribe", wire::kNodeidAny, 1);
  subscription.setText(R"({"topic":""})");
  const std::string bytes = wire::frame(subscription);
  ASSERT_EQ(::write(deaf.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  Connection& owner = connect(kOwner);
  size_t sent = 0;
  while (sent < 100 && server.clients() == 2) {
    router.publish("big", std::string(1 << 20, 'x'));
    ++sent;
    call(owner, "record.x", "{}");
  }
  EXPECT_EQ(server.clients(), 1U);
  EXPECT_GE(sent, LocalServer::kMaxGuestQueue >> 20);
  EXPECT_LE(sent, (LocalServer::kMaxGuestQueue >> 20) + 5);
}

TEST_F(LocalServerTest, BrokenClientIsCutOff) {
  Connection& c = connect(kOwner);
  c.stream->sendBytes("GET / HTTP/1.1\r\n\r\n");
  await([&] { return c.closed; });
  EXPECT_EQ(server.clients(), 0U);
}

TEST_F(LocalServerTest, ListensAtItsPath) {
  auto directory = RunDirectory::open("");
  ASSERT_TRUE(directory);
  const std::string path = directory->path() + "/local-0";
  ASSERT_TRUE(server.listen(path));
  const auto address = overlay::unixAddress(path);
  const base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(socket.get(), address->get(), address->length), 0);
  server.setPolicy({true, true});
  await([&] { return server.clients() == 1; });
  LocalServer second(*loop, router, {});
  EXPECT_EQ(second.listen(path).error().errnum, EADDRINUSE);
}

}  // namespace
}  // namespace mc::flux::broker
