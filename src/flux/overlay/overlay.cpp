#include "flux/overlay/overlay.hpp"

#include <algorithm>

namespace mc::flux::overlay {

Overlay::Overlay(base::Loop& loop, Topology topology, OverlayOptions options, Handlers handlers)
    : loop_(loop),
      topology_(std::move(topology)),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      since_(loop.clock().steady()) {}

base::Status Overlay::start() {
  const auto ranks = topology_.children(options_.rank);
  if (options_.rank > 0 && !options_.parent)
    return base::fail(EINVAL, "no address of the parent broker is configured");
  if (!ranks.empty() && !options_.bind)
    return base::fail(EINVAL, "no address to listen on is configured for this broker");
  if (ranks.empty() && options_.rank == 0) return {};
  MC_TRY(makeChannels());
  if (!ranks.empty()) {
    makeChildren();
    MC_TRY(options_.listener
               ? children_->adopt(std::move(*std::exchange(options_.listener, nullptr)),
                                  *options_.bind)
               : children_->listen(*options_.bind));
    status_ = currentStatus();
  }
  if (options_.rank > 0) makeParent();
  return {};
}

base::Status Overlay::makeChannels() {
  if (!usesTcp()) {
    channels_ = makePlainChannels(loop_);
    return {};
  }
  if (!options_.secret)
    return base::fail(EINVAL, "bootstrap.curve_cert is needed for an instance of several hosts");
  MC_TRY_ASSIGN(channels_, makeTlsChannels(loop_, *options_.secret, options_.userTimeout));
  return {};
}

bool Overlay::usesTcp() const {
  const auto tcp = [](const std::optional<Endpoint>& e) {
    return e && e->kind == Endpoint::Kind::Tcp;
  };
  return tcp(options_.bind) || tcp(options_.parent);
}

void Overlay::makeChildren() {
  children_ = std::make_unique<ChildTable>(
      loop_, *channels_, topology_.children(options_.rank), topology_.size(), options_.uuid,
      ChildTable::Handlers{handlers_.childUp, handlers_.childDown,
                           [this](const Child& child, wire::Message m) {
                             handlers_.message(child.uuid, std::move(m));
                           },
                           [this] { onChildrenChanged(); }, handlers_.childRefused});
}

void Overlay::makeParent() {
  parent_ = std::make_unique<ParentLink>(
      loop_, *channels_, *options_.parent, options_.connectTimeout,
      ParentLink::Handlers{[this](const std::string& uuid) { onParentUp(uuid); },
                           handlers_.parentRefused, handlers_.parentLost,
                           [this](wire::Message m) {
                             if (m.type != wire::Type::Control)
                               handlers_.message(parentUuid_, std::move(m));
                           },
                           handlers_.parentFailing});
  parent_->start([this] { return Hello{options_.rank, topology_.size(), options_.uuid, status_}; });
}

void Overlay::onParentUp(const std::string& uuid) {
  parentUuid_ = uuid;
  // It may have changed since our hello.
  sendParent(makeControl(ControlType::Status, static_cast<uint32_t>(status_)));
  handlers_.parentUp(uuid);
}

void Overlay::refuseChildren() {
  if (children_) children_->refuseNew();
}

void Overlay::leave(std::function<void()> done) {
  if (!parent_) return loop_.post(std::move(done));
  parent_->leave(std::move(done));
}

std::string Overlay::parentUri() const {
  return parent_ ? parent_->endpoint().uri() : "";
}
std::string Overlay::bindUri() const {
  return children_ ? children_->uri() : "";
}

bool Overlay::sendParent(const wire::Message& message) {
  if (!hasParent()) return false;
  parent_->send(message);
  return true;
}

bool Overlay::sendChild(uint32_t rank, const wire::Message& message) {
  return children_ && children_->send(rank, message);
}

void Overlay::sendChildren(const wire::Message& message) {
  if (children_) children_->broadcast(message);
}

base::Status Overlay::disconnectChild(uint32_t rank, const std::string& why) {
  if (children_) return children_->disconnect(rank, why);
  return base::fail(ENOENT, "requested rank is not this broker's direct child");
}

const std::vector<Child>& Overlay::children() const {
  static const std::vector<Child> kNone;
  return children_ ? children_->children() : kNone;
}

const Child* Overlay::child(uint32_t rank) const {
  return children_ ? children_->find(rank) : nullptr;
}

SubtreeStatus Overlay::currentStatus() const {
  SubtreeStatus status = SubtreeStatus::Full;
  for (const Child& child : children()) {
    if (child.status == SubtreeStatus::Degraded || child.status == SubtreeStatus::Lost)
      return SubtreeStatus::Degraded;
    if (child.status != SubtreeStatus::Full) status = SubtreeStatus::Partial;
  }
  return status;
}

void Overlay::onChildrenChanged() {
  const SubtreeStatus now = currentStatus();
  if (now == status_) return;
  status_ = now;
  since_ = loop_.clock().steady();
  sendParent(makeControl(ControlType::Status, static_cast<uint32_t>(now)));
  handlers_.statusChanged();
}

}  // namespace mc::flux::overlay
