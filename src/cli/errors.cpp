#include "cli/errors.hpp"

namespace mc::cli {

namespace {

constexpr const char* kNoEngineHint =
    "\nStart a Docker Engine, or set DOCKER_HOST to the address of one (unix:///PATH, "
    "tcp://HOST:PORT).\n";
constexpr const char* kFromServer = "Error from server";

const char* serverReason(int errnum) {
  switch (errnum) {
    case ENOENT:
      return "NotFound";
    case EEXIST:
      return "AlreadyExists";
    case EBUSY:
    case ESTALE:
      return "Conflict";
    case EACCES:
      return "Forbidden";
    case EBADMSG:
      return "Invalid";
    case EINVAL:
      return "BadRequest";
    default:
      return nullptr;
  }
}

}  // namespace

base::Error fromServer(base::Error error) {
  if (error.message.starts_with(kFromServer)) return error;
  if (const char* reason = serverReason(error.errnum))
    error.message = std::string(kFromServer) + " (" + reason + "): " + error.message;
  return error;
}

base::Error usageError(const std::string& verb, const std::string& message) {
  return {EINVAL, message + "\nSee 'minicluster " + verb + " -h' for help and examples"};
}

base::Error alreadyPrinted() {
  return {ECANCELED, ""};
}

std::string errorText(const base::Error& error) {
  if (error.message.empty()) return "";
  if (error.errnum == ECONNREFUSED) return "error: " + error.message + kNoEngineHint;
  for (const auto* own : {kFromServer, "error: "})
    if (error.message.starts_with(own)) return error.message + '\n';
  return "error: " + error.message + '\n';
}

}  // namespace mc::cli
