#include "local/docker/reference.hpp"

namespace mc::local::docker {

namespace {

std::string registryOf(std::string_view repository) {
  const size_t slash = repository.find('/');
  if (slash == std::string_view::npos) return "docker.io";
  const std::string_view first = repository.substr(0, slash);
  const bool isHost = first.find_first_of(".:") != first.npos || first == "localhost";
  return std::string(isHost ? first : "docker.io");
}

}  // namespace

ImageReference parseReference(std::string_view text) {
  const size_t at = text.find('@');
  const std::string_view named = text.substr(0, at);
  const size_t colon = named.rfind(':');
  // A colon before the last slash is that of the registry's port.
  const bool hasTag = colon != named.npos && named.find('/', colon) == named.npos;
  const std::string_view repository = named.substr(0, hasTag ? colon : named.size());
  std::string tag = hasTag ? std::string(named.substr(colon + 1)) : "latest";
  if (at != text.npos) tag = text.substr(at + 1);
  return {std::string(repository), std::move(tag), registryOf(repository)};
}

}  // namespace mc::local::docker
