#include "flux/overlay/resolver.hpp"

#include <netdb.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <mutex>

namespace mc::flux::overlay {
namespace {

/// getaddrinfo with its buffers needs well below this; the default of 8 MiB is for unknown
/// programs.
constexpr size_t kStackSize = 256u << 10;

int errnumOf(int gaiError) {
  if (gaiError == EAI_NONAME || gaiError == EAI_NODATA) return ENOENT;
  return gaiError == EAI_SYSTEM ? errno : EAGAIN;
}

Resolved lookUp(const std::string& host, uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) return base::fail(errnumOf(error), host + ": " + ::gai_strerror(error));
  std::vector<SocketAddress> addresses;
  for (const addrinfo* i = list; i != nullptr; i = i->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, i->ai_addr, i->ai_addrlen);
    address.length = i->ai_addrlen;
    addresses.push_back(address);
  }
  ::freeaddrinfo(list);
  return addresses;
}

/// Shared by the loop and the thread; whoever is last frees it.
struct Lookup {
  std::string host;
  uint16_t port = 0;
  base::Fd done;  ///< eventfd, written by the thread
  std::mutex mutex;
  Resolved result;

  Resolved take() {
    const std::lock_guard lock(mutex);
    return std::move(result);
  }
};

void* runLookup(void* argument) {
  const std::unique_ptr<std::shared_ptr<Lookup>> owner(
      static_cast<std::shared_ptr<Lookup>*>(argument));
  Lookup& lookup = **owner;
  Resolved result = lookUp(lookup.host, lookup.port, 0);
  {
    const std::lock_guard lock(lookup.mutex);
    lookup.result = std::move(result);
  }
  const uint64_t one = 1;
  [[maybe_unused]] const auto n = ::write(lookup.done.get(), &one, sizeof one);
  return nullptr;
}

base::Status startThread(const std::shared_ptr<Lookup>& lookup) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ::pthread_attr_setstacksize(&attributes, kStackSize);
  auto argument = std::make_unique<std::shared_ptr<Lookup>>(lookup);
  pthread_t thread;
  const int error = ::pthread_create(&thread, &attributes, runLookup, argument.get());
  ::pthread_attr_destroy(&attributes);
  if (error != 0) return base::fail(error, "no thread for a name lookup");
  // The thread's from now on.
  [[maybe_unused]] const auto* given = argument.release();
  return {};
}

/// The watch goes before the descriptor that it watches.
struct Pending final : base::Registration {
  std::shared_ptr<Lookup> lookup;
  base::Watch watch;
};

base::Watch answerSoon(base::Loop& loop, Resolved result, std::function<void(Resolved)> callback) {
  return loop.after(
      std::chrono::nanoseconds(0),
      [result = std::move(result), callback = std::move(callback)] { callback(result); });
}

}  // namespace

base::Watch resolve(base::Loop& loop, const std::string& host, uint16_t port,
                    std::function<void(Resolved)> callback) {
  if (auto numeric = lookUp(host, port, AI_NUMERICHOST))
    return answerSoon(loop, std::move(numeric), std::move(callback));
  auto pending = std::make_unique<Pending>();
  pending->lookup = std::make_shared<Lookup>();
  pending->lookup->host = host;
  pending->lookup->port = port;
  pending->lookup->done = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (auto started = startThread(pending->lookup); !started)
    return answerSoon(loop, base::pass(started.error()), std::move(callback));
  pending->watch = loop.readable(
      pending->lookup->done.get(), [lookup = pending->lookup, callback = std::move(callback)] {
        uint64_t count = 0;
        if (::read(lookup->done.get(), &count, sizeof count) == sizeof count)
          callback(lookup->take());
      });
  return pending;
}

}  // namespace mc::flux::overlay
