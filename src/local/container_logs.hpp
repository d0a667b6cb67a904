#pragma once
// What a container has written, as `kubectl logs` shows it: by default only since its last start.
//
// Thread-safety: may be called from any thread.

#include <stop_token>

#include "base/status.hpp"
#include "local/container_facts.hpp"
#include "local/docker/client.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

/// EINVAL if there is no run to show, in kubectl's words.
base::Status containerLogs(docker::Client& client, const ContainerFacts& facts,
                           const std::string& container, const std::string& pod,
                           const LogOptions& options, const OutputSink& sink,
                           const std::stop_token& stop);

/// Everything a container writes from its first start until it has ended for good, over all
/// restarts.
base::Status followToEnd(docker::Client& client, const std::string& id, const OutputSink& sink,
                         const std::stop_token& stop);

}  // namespace mc::local
