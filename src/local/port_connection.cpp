#include "local/port_connection.hpp"

#include "entry/settings.hpp"
#include "local/session.hpp"

namespace mc::local {

base::Status connectPort(docker::Client& client, const std::string& pause, uint16_t port,
                         const base::Fd& local, const std::stop_token& stop) {
  ExecRequest request;
  request.argv = {std::string(entry::kMountPath) + "/" + entry::kEntryFile, "connect",
                  std::to_string(port)};
  request.stdinFd = local.get();
  MC_TRY_ASSIGN(const auto session, openExec(client, pause, request, stop));
  std::string why;
  const auto take = [&](Stream stream, std::string_view bytes) -> base::Status {
    if (stream == Stream::Out) return base::writeAll(local.get(), bytes);
    why += bytes;
    return {};
  };
  const auto status = session->run(take, stop);
  if (!status) {
    // The local side has gone: nothing is left to be carried.
    const int errnum = status.error().errnum;
    if (errnum == EPIPE || errnum == ECONNRESET) return {};
    return base::pass(status.error());
  }
  if (*status == 0) return {};
  if (why.ends_with('\n')) why.pop_back();
  return base::fail(EIO, why.empty() ? "the way into the pod was cut off" : why);
}

}  // namespace mc::local
