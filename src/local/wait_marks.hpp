#pragma once
// Why a container of a workload is not there: a volume whose labels say so, for whoever asks next.
//
// Thread-safety: may be called from any thread.

#include <boost/json/object.hpp>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "local/docker/client.hpp"
#include "local/record.hpp"

namespace mc::local {

struct WaitMark {
  std::string pod;
  std::string container;
  std::string reason;  ///< ErrImagePull, CreateContainerConfigError, ContainerCreating
  std::string message;
  int64_t tries = 0;
  double since = 0;

  /// When to try again: after 10 s, then twice as long each time, at most 5 minutes, as the
  /// kubelet.
  [[nodiscard]] double retryAt() const;
};

base::Status setMark(docker::Client& client, const Record& record, const WaitMark& mark,
                     const std::stop_token& stop);
base::Status clearMark(docker::Client& client, const Record& record, const std::string& pod,
                       const std::string& container, const std::stop_token& stop);

/// From the labels of a volume whose part is kPartWaiting.
WaitMark readMark(const boost::json::object& labels);

}  // namespace mc::local
