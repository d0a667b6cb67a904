#include "flux/overlay/child_table.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace mc::flux::overlay {
namespace {

constexpr std::chrono::seconds kHelloTimeout{10};
/// Connections that have not said hello yet, beside those of the children: a machine that opens
/// thousands of them costs no more memory than this.
constexpr size_t kMaxStrangers = 32;

}  // namespace

ChildTable::ChildTable(base::Loop& loop, ChannelFactory& channels,
                       const std::vector<uint32_t>& ranks, uint32_t size, std::string uuid,
                       Handlers handlers)
    : loop_(loop),
      channels_(channels),
      size_(size),
      uuid_(std::move(uuid)),
      handlers_(std::move(handlers)) {
  for (const uint32_t rank : ranks) {
    Child child;
    child.rank = rank;
    child.since = loop.clock().steady();
    children_.push_back(std::move(child));
  }
}

ChildTable::~ChildTable() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

base::Status ChildTable::listen(const Endpoint& endpoint) {
  MC_TRY_ASSIGN(base::Fd listener, listenOn(endpoint));
  return adopt(std::move(listener), endpoint);
}

base::Status ChildTable::adopt(base::Fd listener, const Endpoint& endpoint) {
  listener_ = std::move(listener);
  Endpoint bound = endpoint;
  if (endpoint.kind == Endpoint::Kind::Ipc) {
    path_ = endpoint.host;
  } else if (endpoint.port == 0) {
    MC_TRY_ASSIGN(bound.port, boundPort(listener_.get()));
  }
  uri_ = bound.uri();
  readable_ = loop_.readable(listener_.get(), [this] { acceptAll(); });
  return {};
}

bool ChildTable::send(uint32_t rank, const wire::Message& message) {
  const auto found = connected_.find(rank);
  if (found == connected_.end()) return false;
  sessions_.at(found->second).channel->send(message);
  return true;
}

void ChildTable::broadcast(const wire::Message& message) {
  for (const auto& [rank, id] : connected_) sessions_.at(id).channel->send(message);
}

base::Status ChildTable::disconnect(uint32_t rank, const std::string& why) {
  Child* child = mutableChild(rank);
  if (child == nullptr)
    return base::fail(ENOENT, "requested rank is not this broker's direct child");
  const auto found = connected_.find(rank);
  if (found == connected_.end())
    return base::fail(EINVAL, "rank " + std::to_string(rank) + " is already " +
                                  std::string(toString(child->status)));
  end(found->second);
  leave(*child, SubtreeStatus::Lost, why);
  return {};
}

const Child* ChildTable::find(uint32_t rank) const {
  const auto found = std::lower_bound(children_.begin(), children_.end(), rank,
                                      [](const Child& c, uint32_t r) { return c.rank < r; });
  return found != children_.end() && found->rank == rank ? &*found : nullptr;
}

Child* ChildTable::mutableChild(uint32_t rank) {
  return const_cast<Child*>(find(rank));
}

size_t ChildTable::online() const {
  return connected_.size();
}

void ChildTable::acceptAll() {
  while (true) {
    base::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;
    begin(std::move(socket));
  }
}

void ChildTable::begin(base::Fd socket) {
  dropOldestStranger();
  const Id id = nextId_++;
  Session& session = sessions_[id];
  session.channel =
      channels_.make(std::move(socket), Side::Accepts,
                     {[] {}, [this, id](wire::Message m) { onMessage(id, std::move(m)); },
                      [this, id](const base::Error& e) { onClosed(id, e); }});
  session.deadline = loop_.after(kHelloTimeout, [this, id] { end(id); });
}

void ChildTable::dropOldestStranger() {
  if (sessions_.size() - connected_.size() < kMaxStrangers + children_.size()) return;
  const auto stranger = std::find_if(sessions_.begin(), sessions_.end(),
                                     [](const auto& entry) { return !entry.second.rank; });
  if (stranger != sessions_.end()) sessions_.erase(stranger);
}

void ChildTable::onMessage(Id id, wire::Message message) {
  Session& session = sessions_.at(id);
  if (session.refused) return;
  if (!session.rank) return onHello(id, session, message);
  Child& child = *mutableChild(*session.rank);
  if (message.type == wire::Type::Control) return onControl(child, id, message);
  handlers_.message(child, std::move(message));
}

void ChildTable::onHello(Id id, Session& session, const wire::Message& message) {
  auto hello = parseHello(message);
  base::Status checked = hello ? check(*hello) : base::pass(hello.error());
  if (checked) {
    session.channel->send(makeHelloAnswer(message, uuid_));
    return admit(id, session, *hello);
  }
  // Stays until the peer has read the reason, or until its deadline.
  session.refused = true;
  session.channel->send(makeHelloRefusal(message, checked.error()));
  handlers_.refused(checked.error());
}

base::Status ChildTable::check(const Hello& hello) const {
  const std::string who = "broker of rank " + std::to_string(hello.rank);
  if (refusing_) return base::fail(ESHUTDOWN, "the instance is shutting down");
  if (hello.size != size_)
    return base::fail(EINVAL, who + " expects an instance of size " + std::to_string(hello.size) +
                                  ", this one has " + std::to_string(size_));
  if (find(hello.rank) == nullptr)
    return base::fail(EINVAL, who + " is no child of this broker; is tbon.topo the same for all?");
  return {};
}

void ChildTable::admit(Id id, Session& session, const Hello& hello) {
  Child& child = *mutableChild(hello.rank);
  const auto old = connected_.find(hello.rank);
  if (old != connected_.end()) {
    end(old->second);
    leave(child, SubtreeStatus::Lost, "replaced by a new broker of the same rank");
  }
  session.rank = hello.rank;
  session.deadline.reset();
  connected_[hello.rank] = id;
  child.uuid = hello.uuid;
  child.error.clear();
  child.status = hello.status;
  child.since = loop_.clock().steady();
  handlers_.up(child);
  handlers_.changed();
}

void ChildTable::onControl(Child& child, Id id, const wire::Message& message) {
  const auto status = static_cast<SubtreeStatus>(message.aux2);
  switch (static_cast<ControlType>(message.aux1)) {
    case ControlType::Heartbeat:
      return;
    case ControlType::Status:
      if (isOnline(status)) setStatus(child, status);
      return;
    case ControlType::Disconnect:
      end(id);
      return leave(child, SubtreeStatus::Offline, {});
  }
}

void ChildTable::setStatus(Child& child, SubtreeStatus status) {
  if (child.status == status) return;
  child.status = status;
  child.since = loop_.clock().steady();
  handlers_.changed();
}

void ChildTable::onClosed(Id id, const base::Error& error) {
  const auto rank = sessions_.at(id).rank;
  const bool refused = sessions_.at(id).refused;
  end(id);
  if (rank) return leave(*mutableChild(*rank), SubtreeStatus::Lost, error.message);
  if (!refused && error.errnum == EACCES) handlers_.refused(error);
}

void ChildTable::leave(Child& child, SubtreeStatus status, std::string why) {
  connected_.erase(child.rank);
  child.error = std::move(why);
  child.status = status;
  child.since = loop_.clock().steady();
  handlers_.down(child);
  handlers_.changed();
}

void ChildTable::end(Id id) {
  sessions_.erase(id);
}

}  // namespace mc::flux::overlay
