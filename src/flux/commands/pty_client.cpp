#include "flux/commands/pty_client.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "flux/formats/io_data.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

constexpr size_t kInputSize = 16u << 10;
/// What a terminal takes for the end of input (ctrl-D).
constexpr const char* kEndOfInput = "\004";

/// The window of a terminal that tells none; flux-core's servers begin with it, too.
constexpr winsize kDefaultSize{.ws_row = 25, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};

// flux-core's servers let nobody attach without a window, nor with one of no size.
json::object withSize(json::object payload) {
  winsize size = kDefaultSize;
  winsize own{};
  if (::isatty(STDIN_FILENO) == 1 && ::ioctl(STDIN_FILENO, TIOCGWINSZ, &own) == 0 &&
      own.ws_row > 0 && own.ws_col > 0)
    size = own;
  payload["winsize"] = json::object{{"rows", size.ws_row}, {"cols", size.ws_col}};
  return payload;
}

}  // namespace

RawTerminal::RawTerminal() {
  termios before{};
  if (::tcgetattr(STDIN_FILENO, &before) != 0) return;
  termios raw = before;
  ::cfmakeraw(&raw);
  if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0) before_ = before;
}

RawTerminal::~RawTerminal() {
  if (before_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*before_);
}

PtyClient::PtyClient(client::Handle& handle, std::string topic, uint32_t rank, Events events)
    : handle_(handle), topic_(std::move(topic)), rank_(rank), events_(std::move(events)) {
  attach_ = handle_.rpc(topic_, withSize({{"type", "attach"}, {"mode", "rw"}}), {rank_, true},
                        [this](const client::Answer& answer) { onAnswer(answer); });
}

void PtyClient::onAnswer(const client::Answer& answer) {
  if (!answer) {
    // The terminal is as it was before anything else is printed.
    raw_.reset();
    input_.reset();
    windowChange_.reset();
    const auto closed = events_.closed;
    return closed();
  }
  const auto* type = formats::findString(*answer, "type");
  if (type == nullptr) return;
  if (*type == "attach") return onAttached();
  const auto data = formats::decodeBytes(*answer);
  if (*type != "data" || !data) return;
  std::fwrite(data->data(), 1, data->size(), stdout);
  std::fflush(stdout);
}

void PtyClient::onAttached() {
  raw_.emplace();
  windowChange_ = handle_.loop().signal(SIGWINCH, [this] { resize(); });
  watchInput();
  events_.attached();
}

void PtyClient::resize() {
  resizeRpc_ =
      handle_.rpc(topic_, withSize({{"type", "resize"}}), {rank_}, [](const client::Answer&) {});
}

void PtyClient::watchInput() {
  input_ = handle_.loop().readable(STDIN_FILENO, [this] { readInput(); });
}

void PtyClient::readInput() {
  char buffer[kInputSize];
  const ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return sendInput(kEndOfInput, true);
  sendInput({buffer, static_cast<size_t>(n)}, false);
}

// One piece is on its way at a time, so that the task sets the pace.
void PtyClient::sendInput(std::string_view bytes, bool eof) {
  input_.reset();
  json::object payload{{"type", "data"}};
  formats::encodeBytes(payload, bytes);
  inputRpc_ = handle_.rpc(topic_, payload, {rank_}, [this, eof](const client::Answer& answer) {
    if (answer && !eof && raw_) watchInput();
  });
}

}  // namespace mc::flux::commands
