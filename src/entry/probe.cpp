#include "entry/probe.hpp"

#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <thread>

#include "base/fd.hpp"
#include "base/process.hpp"

namespace mc::entry {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

/// Of a command's words, as the kubelet keeps them.
constexpr size_t kMostOutput = 2048;
constexpr size_t kMostHeader = 16 << 10;

int millisLeft(Time end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

/// Waits until a descriptor is ready; false at `end`.
bool awaitFd(int fd, short events, Time end) {
  pollfd poll{fd, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&poll, 1, millisLeft(end));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

base::Error timeout() {
  return {ETIMEDOUT, "context deadline exceeded"};
}

// exec

base::Result<pid_t> spawn(const std::vector<std::string>& argv, int output) {
  base::Command command;
  command.argv = argv;
  command.stdoutFd = command.stderrFd = output;
  command.newGroup = true;
  return base::SystemProcessRunner().spawn(command);
}

/// Reads to the end of the output; false at `end`.
bool readUntil(int fd, Time end, std::string& output) {
  std::array<char, 4096> buffer{};
  while (awaitFd(fd, POLLIN, end)) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    output.append(buffer.data(), static_cast<size_t>(count));
    if (output.size() > kMostOutput) output.resize(kMostOutput);
  }
  return false;
}

base::Status askCommand(const Probe& probe, Time end) {
  MC_TRY_ASSIGN(base::Pipe pipe, base::makePipe());
  const auto pid = spawn(probe.exec, pipe.write.get());
  pipe.write.reset();
  if (!pid) return base::pass(pid.error());
  std::string output;
  const bool ended = readUntil(pipe.read.get(), end, output);
  if (!ended) ::kill(-*pid, SIGKILL);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  while (!output.empty() && output.back() == '\n') output.pop_back();
  if (!ended)
    return base::fail(ETIMEDOUT, "command timed out after " + std::to_string(probe.timeout) + "s");
  if (base::exitCode(status) == 0) return {};
  if (!output.empty()) return base::fail(EIO, output);
  return base::fail(EIO, "exit status " + std::to_string(base::exitCode(status)));
}

// TCP and HTTP

struct Addresses {
  addrinfo* list = nullptr;
  Addresses() = default;
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;
  ~Addresses() {
    if (list != nullptr) ::freeaddrinfo(list);
  }
};

base::Result<base::Fd> connectTo(const addrinfo& address, const std::string& where, Time end) {
  base::Fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return base::failErrno("socket");
  int error = 0;
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) error = errno;
  if (error == EINPROGRESS) {
    if (!awaitFd(socket.get(), POLLOUT, end))
      return base::fail(ETIMEDOUT, "dial tcp " + where + ": i/o timeout");
    socklen_t length = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  }
  if (error == 0) return socket;
  return base::fail(error, "dial tcp " + where + ": connect: " +
                               (error == ECONNREFUSED ? "connection refused" : strerror(error)));
}

/// The pod itself is this network namespace's loopback: servers listen there or everywhere; one
/// that listens at the pod's address alone is found by the host name.
base::Result<base::Fd> connectTo(const std::string& host, const std::string& port, Time end) {
  std::array<char, 256> self{};
  ::gethostname(self.data(), self.size() - 1);
  std::vector<std::string> hosts = {host};
  if (host.empty()) hosts = {"127.0.0.1", self.data()};
  base::Error last = {ENOENT, "no address"};
  for (const std::string& each : hosts) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    Addresses found;
    if (::getaddrinfo(each.c_str(), port.c_str(), &hints, &found.list) != 0) continue;
    for (const addrinfo* address = found.list; address != nullptr; address = address->ai_next) {
      auto socket = connectTo(*address, each + ":" + port, end);
      if (socket) return socket;
      if (last.errnum == ENOENT) last = socket.error();
    }
  }
  return base::pass(last);
}

std::string requestOf(const Probe& probe) {
  std::string host = probe.httpHost.empty() ? "127.0.0.1" : probe.httpHost;
  host += ":" + probe.httpPort;
  const std::string path = probe.httpPath.starts_with('/') ? probe.httpPath : "/" + probe.httpPath;
  std::string text = "GET " + path + " HTTP/1.1\r\n";
  bool named = false;
  for (const auto& [name, value] : probe.httpHeaders) {
    named = named || name == "Host" || name == "host";
    text += name + ": " + value + "\r\n";
  }
  if (!named) text += "Host: " + host + "\r\n";
  return text + "User-Agent: kube-probe/minicluster\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

/// The status of an answer's first line; 0 if it is none.
int statusOf(const std::string& answer) {
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12) return 0;
  return std::atoi(answer.substr(9, 3).c_str());
}

base::Status askHttp(const Probe& probe, Time end) {
  MC_TRY_ASSIGN(const base::Fd socket, connectTo(probe.httpHost, probe.httpPort, end));
  const std::string request = requestOf(probe);
  if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
    return base::failErrno("request");
  std::string answer;
  std::array<char, 2048> buffer{};
  while (answer.find("\r\n") == std::string::npos && answer.size() < kMostHeader) {
    if (!awaitFd(socket.get(), POLLIN, end)) return base::pass(timeout());
    const ssize_t count = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    answer.append(buffer.data(), static_cast<size_t>(count));
  }
  const int status = statusOf(answer);
  if (status >= 200 && status < 400) return {};
  if (status == 0) return base::fail(EPROTO, "malformed HTTP response");
  return base::fail(EIO, "HTTP probe failed with statuscode: " + std::to_string(status));
}

/// Seconds since the container's first process started (proc(5)).
double uptime() {
  const auto stat = base::readFile("/proc/1/stat");
  const auto now = base::readFile("/proc/uptime");
  if (!stat || !now) return 0;
  // Behind the name in parentheses, which may hold anything, the start is the 20th field.
  std::string_view rest = std::string_view(*stat).substr(stat->rfind(')') + 1);
  constexpr int kFieldsBefore = 20;
  for (int i = 0; i < kFieldsBefore; ++i) {
    const size_t space = rest.find(' ');
    if (space == rest.npos) return 0;
    rest.remove_prefix(space + 1);
  }
  const double ticks = std::strtod(std::string(rest).c_str(), nullptr);
  return std::strtod(now->c_str(), nullptr) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

base::Status askAll(const Probes& set) {
  using Named = std::pair<const char*, const std::optional<Probe>*>;
  for (const auto& [name, probe] : {Named{"Startup", &set.startup},
                                    {"Liveness", &set.liveness},
                                    {"Readiness", &set.readiness}}) {
    if (!*probe) continue;
    const base::Status asked = ask(**probe);
    if (!asked) return base::pass(asked.error().prefixed(std::string(name) + " probe failed"));
  }
  return {};
}

int32_t shortestPeriod(const Probes& set) {
  int32_t period = std::numeric_limits<int32_t>::max();
  for (const auto* probe : {&set.startup, &set.liveness, &set.readiness})
    if (*probe) period = std::min(period, (*probe)->period);
  return period;
}

}  // namespace

base::Status ask(const Probe& probe) {
  const Time end = Clock::now() + std::chrono::seconds(probe.timeout);
  if (!probe.exec.empty()) return askCommand(probe, end);
  if (!probe.httpPort.empty()) return askHttp(probe, end);
  const auto connected = connectTo(probe.tcpHost, probe.tcpPort, end);
  return connected ? base::Status() : base::pass(connected.error());
}

double pauseBefore(const Probes& set, double uptime) {
  int32_t delay = 0;
  for (const auto* probe : {&set.startup, &set.liveness, &set.readiness})
    if (*probe) delay = std::max(delay, (*probe)->initialDelay);
  if (uptime < delay) return delay - uptime;
  const int32_t period = shortestPeriod(set);
  // One second of it is the engine's.
  return uptime < delay + period ? 0 : period - 1;
}

int runProbes(const std::string& text) {
  const auto set = parseProbes(text);
  if (!set) return std::puts(set.error().message.c_str()), 1;
  std::this_thread::sleep_for(std::chrono::duration<double>(pauseBefore(*set, uptime())));
  const base::Status asked = askAll(*set);
  if (asked) return 0;
  std::puts(asked.error().message.c_str());
  return 1;
}

}  // namespace mc::entry
