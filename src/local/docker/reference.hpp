#pragma once
// Names of images: "nginx", "ghcr.io/flux-framework/flux-restful-api:latest", "a/b@sha256:...".
//
// Source: github.com/distribution/reference, "Grammar".
// Thread-safety: pure functions.

#include <string>
#include <string_view>

namespace mc::local::docker {

struct ImageReference {
  std::string repository;  ///< "ghcr.io/flux-framework/flux-restful-api"
  std::string tag;         ///< "latest" if none is given; or the digest "sha256:..."
  std::string registry;    ///< "ghcr.io"; "docker.io" if none is given
};

ImageReference parseReference(std::string_view text);

}  // namespace mc::local::docker
