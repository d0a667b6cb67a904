#pragma once
// A broker for services under test: records what a service sends, and lets the test answer.
//
//   FakeHost host;
//   auto service = makeKvs(host);
//   Asked asked("kvs.commit", R"({"ops":[]})");      // a request and the answers it gets
//   service->handle(asked.request());
//   EXPECT_EQ(asked.replies().at(0).errnum, 0);
//   host.rpcs().at(0).answer(R"({"ok":1})");          // answers an RPC of the service

#include <list>
#include <map>
#include <string>
#include <vector>

#include "fakes/fake_loop.hpp"
#include "flux/broker/service.hpp"

namespace mc::fakes {

namespace broker = flux::broker;
namespace wire = flux::wire;

inline boost::json::value parseJson(std::string_view text) {
  boost::system::error_code error;
  return text.empty() ? boost::json::value() : boost::json::parse(text, error);
}

struct Reply {
  uint32_t errnum = 0;
  std::string text;  ///< payload without its NUL
  [[nodiscard]] boost::json::value json() const { return parseJson(text); }
};

/// A request made by the test; sent as the instance owner on this machine unless said otherwise.
class Asked {
 public:
  explicit Asked(std::string topic, std::string_view payload = {}, uint8_t flags = 0,
                 std::string sender = "client-1") {
    message_ = wire::makeRequest(std::move(topic), wire::kNodeidAny, 1, flags);
    message_.set(wire::kRoute);
    message_.routes = {std::move(sender)};
    message_.userid = 0;
    message_.rolemask = wire::kRoleOwner | wire::kRoleLocal;
    if (!payload.empty()) message_.setText(payload);
  }
  Asked& as(uint32_t userid, uint32_t rolemask) {
    message_.userid = userid;
    message_.rolemask = rolemask;
    return *this;
  }
  Asked& tagged(uint32_t matchtag) {
    message_.aux2 = matchtag;
    return *this;
  }
  [[nodiscard]] broker::Request request() {
    return {message_, [replies = replies_](wire::Message m) {
              replies->push_back({m.errnum(), std::string(m.text())});
            }};
  }
  [[nodiscard]] const std::vector<Reply>& replies() const { return *replies_; }
  [[nodiscard]] const Reply& last() const { return replies_->back(); }

 private:
  wire::Message message_;
  std::shared_ptr<std::vector<Reply>> replies_ = std::make_shared<std::vector<Reply>>();
};

/// An RPC that the service under test has sent.
struct SentRpc {
  std::string topic;
  boost::json::value payload;
  uint32_t nodeid = 0;
  bool streaming = false;
  std::weak_ptr<broker::AnswerCallback> callback;

  /// False once the service has dropped it.
  [[nodiscard]] bool alive() const { return !callback.expired(); }
  void answer(std::string_view jsonText) const { call(parseJson(jsonText)); }
  void fail(int errnum, std::string text = {}) const {
    call(base::fail(errnum, text.empty() ? std::strerror(errnum) : std::move(text)));
  }

 private:
  void call(const broker::Answer& a) const {
    if (const auto f = callback.lock()) (*f)(a);
  }
};

class FakeHost final : public broker::Host {
 public:
  struct Sent {
    std::string topic;
    boost::json::value payload;
    uint32_t nodeid = 0;
  };
  struct LogLine {
    broker::Severity severity;
    std::string component;
    std::string text;
  };

  explicit FakeHost(uint32_t rank = 0, uint32_t size = 1) : rank_(rank), size_(size) {}

  [[nodiscard]] uint32_t rank() const override { return rank_; }
  [[nodiscard]] uint32_t size() const override { return size_; }
  [[nodiscard]] uint32_t owner() const override { return instanceOwner; }
  [[nodiscard]] base::Loop& loop() override { return otherLoop != nullptr ? *otherLoop : fakeLoop; }

  [[nodiscard]] base::Result<std::string> attribute(std::string_view name) const override {
    const auto found = attributes.find(std::string(name));
    if (found == attributes.end())
      return base::fail(ENOENT, std::string(name) + ": no such attribute");
    return found->second;
  }
  void setAttribute(std::string_view name, std::string_view value) override {
    attributes[std::string(name)] = value;
  }
  [[nodiscard]] const boost::json::object& config() const override { return configuration; }

  [[nodiscard]] broker::Rpc rpc(std::string_view topic, const boost::json::value& payload,
                                uint32_t nodeid, bool streaming,
                                broker::AnswerCallback callback) override {
    struct Held final : base::Registration {
      std::shared_ptr<broker::AnswerCallback> callback;
    };
    auto held = std::make_unique<Held>();
    held->callback = std::make_shared<broker::AnswerCallback>(std::move(callback));
    rpcs_.push_back({std::string(topic), payload, nodeid, streaming, held->callback});
    return held;
  }
  void notify(std::string_view topic, const boost::json::value& payload, uint32_t nodeid) override {
    notified.push_back({std::string(topic), payload, nodeid});
  }

  /// Recorded, and delivered to the subscribers at once.
  void publish(std::string_view topic, const boost::json::value& payload) override {
    published.push_back({std::string(topic), payload, 0});
    for (size_t i = 0; i < subscribers_.size(); ++i) {
      const auto f = subscribers_[i].second.lock();
      if (f && topic.substr(0, subscribers_[i].first.size()) == subscribers_[i].first)
        (*f)(topic, payload);
    }
  }
  [[nodiscard]] base::Watch subscribe(
      std::string_view prefix,
      std::function<void(std::string_view, const boost::json::value&)> callback) override {
    struct Held final : base::Registration {
      std::shared_ptr<EventCallback> callback;
    };
    auto held = std::make_unique<Held>();
    held->callback = std::make_shared<EventCallback>(std::move(callback));
    subscribers_.emplace_back(std::string(prefix), held->callback);
    return held;
  }
  void log(broker::Severity severity, std::string_view component, std::string_view text) override {
    logged.push_back({severity, std::string(component), std::string(text)});
  }

  /// All RPCs sent so far, in order. A later RPC may move them: hold a copy.
  [[nodiscard]] std::vector<SentRpc>& rpcs() { return rpcs_; }
  /// The last RPC of that topic; the test fails (by exception) if there was none.
  [[nodiscard]] SentRpc rpcOf(std::string_view topic) const {
    for (auto i = rpcs_.rbegin(); i != rpcs_.rend(); ++i)
      if (i->topic == topic) return *i;
    throw std::out_of_range("no rpc " + std::string(topic));
  }

  FakeLoop fakeLoop;
  /// Set for tests with real processes and sockets; fakeLoop is not used then.
  base::Loop* otherLoop = nullptr;
  uint32_t instanceOwner = 0;
  std::map<std::string, std::string> attributes;
  boost::json::object configuration;
  std::vector<Sent> notified;
  std::vector<Sent> published;
  std::vector<LogLine> logged;

 private:
  using EventCallback = std::function<void(std::string_view, const boost::json::value&)>;
  uint32_t rank_;
  uint32_t size_;
  std::vector<SentRpc> rpcs_;
  std::vector<std::pair<std::string, std::weak_ptr<EventCallback>>> subscribers_;
};

}  // namespace mc::fakes
