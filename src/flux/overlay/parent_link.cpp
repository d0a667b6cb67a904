#include "flux/overlay/parent_link.hpp"

namespace mc::flux::overlay {
namespace {

/// For the key exchange and the answer to hello; a parent that is busy may need some of it.
constexpr std::chrono::seconds kHelloTimeout{10};

}  // namespace

ParentLink::ParentLink(base::Loop& loop, ChannelFactory& channels, Endpoint endpoint,
                       std::chrono::milliseconds connectTimeout, Handlers handlers)
    : loop_(loop),
      channels_(channels),
      endpoint_(std::move(endpoint)),
      handlers_(std::move(handlers)),
      dialer_(loop, endpoint_, connectTimeout,
              {[this](base::Fd socket) { onConnected(std::move(socket)); },
               [this](const base::Error& error) { report(error); }}) {}

void ParentLink::start(std::function<Hello()> hello) {
  hello_ = std::move(hello);
  dialer_.dial();
}

void ParentLink::send(const wire::Message& message) {
  if (up_) channel_->send(message);
}

void ParentLink::leave(std::function<void()> done) {
  if (!up_) return loop_.post(std::move(done));
  left_ = std::move(done);
  channel_->send(makeControl(ControlType::Disconnect));
}

void ParentLink::onConnected(base::Fd socket) {
  channel_ =
      channels_.make(std::move(socket), Side::Connects,
                     {[this] { onOpen(); }, [this](wire::Message m) { onMessage(std::move(m)); },
                      [this](const base::Error& error) { onClosed(error); }});
  silence_ = loop_.after(kHelloTimeout, [this] {
    again({ETIMEDOUT, endpoint_.uri() + ": connected, but no answer"});
  });
}

void ParentLink::onOpen() {
  channel_->send(makeHello(hello_()));
}

void ParentLink::onMessage(wire::Message message) {
  if (up_) return handlers_.message(std::move(message));
  auto uuid = parseHelloAnswer(message);
  silence_.reset();
  if (!uuid) return handlers_.refused(uuid.error());
  up_ = true;
  handlers_.up(*uuid);
}

void ParentLink::onClosed(const base::Error& error) {
  if (left_) return std::exchange(left_, nullptr)();
  if (!up_) return again(error.prefixed(endpoint_.uri()));
  up_ = false;
  handlers_.lost(error);
}

void ParentLink::again(const base::Error& error) {
  silence_.reset();
  channel_.reset();
  dialer_.dial(true);
  report(error);
}

void ParentLink::report(const base::Error& error) {
  if (std::exchange(lastFailure_, error.message) != error.message) handlers_.failing(error);
}

}  // namespace mc::flux::overlay
