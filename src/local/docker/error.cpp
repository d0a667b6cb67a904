#include "local/docker/error.hpp"

#include "local/docker/json.hpp"

namespace mc::local::docker {

namespace {

int errnoOf(int status) {
  switch (status) {
    case 400:
      return EINVAL;
    case 401:
    case 403:
      return EACCES;
    case 404:
      return ENOENT;
    case 409:
      return EEXIST;
    case 501:
      return ENOTSUP;
    case 503:
      return EAGAIN;
    default:
      return EIO;
  }
}

}  // namespace

base::Error errorFromAnswer(int status, std::string_view body) {
  std::string message;
  if (const auto value = parseJson(body); value && value->is_object()) {
    message = textOf(value->get_object(), "message");
  }
  if (message.empty()) {
    message = "the Docker daemon answered with HTTP ";
    message += std::to_string(status);
  }
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  return {errnoOf(status), std::move(message)};
}

}  // namespace mc::local::docker
