#pragma once
// The content of ConfigMaps and Secrets: one file of a volume, mode 0400, whose name no one but
// root of the machine can look into. It is read and written through a container that is never
// started.
//
// Thread-safety: may be called from any thread; a DataReader by one at a time.

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.hpp"
#include "core/objects.hpp"
#include "local/docker/client.hpp"
#include "local/vocabulary.hpp"

namespace mc::local {

using Values = std::map<std::string, std::string>;  ///< bytes by key

/// Nothing if the object has no content (yet).
base::Result<std::optional<Values>> readContent(docker::Client& client, const ClusterRef& ref,
                                                const std::string& toolsImage,
                                                const std::stop_token& stop);

/// Replaces all of it.
base::Status writeContent(docker::Client& client, const ClusterRef& ref, const Values& values,
                          const std::string& toolsImage, const std::stop_token& stop);

/// Removes what readers and writers that were killed have left, so that the volume can go.
base::Status removeContentHelpers(docker::Client& client, const ClusterRef& ref,
                                  const std::stop_token& stop);

/// ENOENT, `secret "NAME" not found`.
base::Error missingObject(core::Kind kind, const std::string& name);
/// ENOENT, in the kubelet's words.
base::Error missingKey(core::Kind kind, const std::string& name, const std::string& key);

/// The objects that a pod refers to, each read once.
class DataReader {
 public:
  /// Behind an interface, so that what is made from values is tested without an engine.
  virtual ~DataReader() = default;
  /// Nothing if there is no such object.
  virtual base::Result<std::optional<Values>> find(core::Kind kind, const std::string& name) = 0;
};

/// Reads the objects of a namespace.
class StoredData final : public DataReader {
 public:
  /// The references must outlive it.
  StoredData(docker::Client& client, const std::string& ns, const std::string& toolsImage,
             const std::stop_token& stop)
      : client_(client), ns_(ns), toolsImage_(toolsImage), stop_(stop) {}

  base::Result<std::optional<Values>> find(core::Kind kind, const std::string& name) override;

 private:
  docker::Client& client_;
  const std::string& ns_;
  const std::string& toolsImage_;
  const std::stop_token& stop_;
  std::map<std::pair<core::Kind, std::string>, std::optional<Values>> known_;
};

}  // namespace mc::local
