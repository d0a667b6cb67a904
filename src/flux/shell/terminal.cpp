#include "flux/shell/terminal.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "flux/formats/io_data.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

constexpr size_t kReadSize = 16u << 10;

unsigned short side(const json::object& size, const char* key) {
  const int64_t number = formats::getInteger(size, key).value_or(0);
  return static_cast<unsigned short>(std::clamp<int64_t>(number, 0, 0xffff));
}

std::string describe(int waitStatus) {
  if (WIFSIGNALED(waitStatus)) return ::strsignal(WTERMSIG(waitStatus));
  return "exited with status " + std::to_string(WEXITSTATUS(waitStatus));
}

}  // namespace

base::Result<std::unique_ptr<Terminal>> Terminal::open(base::Loop& loop, bool waitForClient) {
  base::Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    return base::failErrno("opening a pseudo-terminal");
  MC_TRY(base::setNonblocking(master.get()));
  return std::unique_ptr<Terminal>(new Terminal(loop, std::move(master), waitForClient));
}

base::Result<base::Fd> Terminal::taskSide() const {
  char name[64];
  if (::ptsname_r(master_.get(), name, sizeof name) != 0)
    return base::failErrno("naming a pseudo-terminal");
  base::Fd fd(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!fd) return base::failErrno(name);
  return fd;
}

void Terminal::start(Events events) {
  events_ = std::move(events);
  started_ = true;
  watch();
  if (!input_.empty()) writeSome();
}

void Terminal::watch() {
  readable_.reset();
  if (master_ && started_ && !waiting_ && !paused_)
    readable_ = loop_.readable(master_.get(), [this] { read(); });
}

void Terminal::pause(bool paused) {
  if (std::exchange(paused_, paused) != paused) watch();
}

void Terminal::abandon() {
  if (std::exchange(waiting_, false)) watch();
}

// The kernel says EIO where nobody has the other side open.
void Terminal::read() {
  char buffer[kReadSize];
  const ssize_t n = ::read(master_.get(), buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return close();
  const std::string_view bytes(buffer, static_cast<size_t>(n));
  sendData(bytes);
  events_.output(std::string(bytes));
}

void Terminal::close() {
  readable_.reset();
  writable_.reset();
  master_.reset();
  input_.clear();
  exited(waitStatus_);
  events_.closed();
}

void Terminal::sendData(std::string_view bytes) const {
  json::object payload{{"type", "data"}};
  formats::encodeBytes(payload, bytes);
  for (const broker::Request& client : clients_) client.respond(payload);
}

// Clients hear of the end when the task is over and has nothing more to say.
void Terminal::exited(int waitStatus) {
  waitStatus_ = waitStatus;
  if (master_) return;
  for (const broker::Request& client : std::exchange(clients_, {})) {
    client.respond(
        json::object{{"type", "exit"}, {"message", describe(waitStatus)}, {"status", waitStatus}});
    client.fail(ENODATA);
  }
}

void Terminal::handle(const broker::Request& request) {
  const auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  const auto type = formats::getString(*payload, "type");
  if (!type) return request.fail(type.error());
  if (*type == "attach") return attach(request, *payload);
  if (*type == "resize") {
    resize(*payload);
  } else if (*type == "data") {
    const auto data = formats::decodeBytes(*payload);
    if (!data) return request.fail(data.error());
    write(*data);
  } else if (*type == "detach") {
    disconnect(request.sender());
  } else {
    return request.fail(EPROTO, "unknown type of terminal message");
  }
  request.respond();
}

void Terminal::attach(const broker::Request& request, const json::object& payload) {
  if (!request.streaming()) return request.fail(EPROTO, "attaching to a terminal is a stream");
  if (!master_) return request.fail(ENOSYS, "the terminal is closed");
  resize(payload);
  clients_.push_back(request);
  request.respond(json::object{{"type", "attach"}});
  abandon();
}

void Terminal::resize(const json::object& payload) {
  const auto* size = formats::findObject(payload, "winsize");
  if (size == nullptr || !master_) return;
  winsize window{};
  window.ws_row = side(*size, "rows");
  window.ws_col = side(*size, "cols");
  if (window.ws_row > 0 && window.ws_col > 0) ::ioctl(master_.get(), TIOCSWINSZ, &window);
}

void Terminal::disconnect(const std::string& sender) {
  const auto gone = std::stable_partition(
      clients_.begin(), clients_.end(),
      [&](const broker::Request& client) { return client.sender() != sender; });
  std::vector<broker::Request> leaving(gone, clients_.end());
  clients_.erase(gone, clients_.end());
  for (const broker::Request& client : leaving) client.fail(ENODATA);
}

void Terminal::write(std::string_view bytes) {
  if (!master_) return;
  input_ += bytes;
  if (started_ && !writable_) writeSome();
}

void Terminal::writeSome() {
  const ssize_t n = ::write(master_.get(), input_.data(), input_.size());
  if (n > 0) input_.erase(0, static_cast<size_t>(n));
  if (input_.empty() || (n < 0 && errno != EAGAIN && errno != EINTR)) {
    input_.clear();
    writable_.reset();
  } else if (!writable_) {
    writable_ = loop_.writable(master_.get(), [this] { writeSome(); });
  }
}

}  // namespace mc::flux::shell
