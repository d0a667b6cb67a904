#pragma once
// Who is told of each change of the KVS that is to be kept.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <string>
#include <string_view>

#include "flux/services/kvs/node.hpp"

namespace mc::flux::services::kvs {

/// Keys are those of the primary namespace. Called after the change.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void put(const std::string& key, Node& node) = 0;
  virtual void append(const std::string& key, std::string_view bytes) = 0;
  virtual void unlink(const std::string& key) = 0;
  /// Something below a link to a mounted namespace has changed.
  virtual void mountChanged(const std::string& key) = 0;
  /// See Namespace::seal().
  virtual void seal(const std::string& key, bool now) = 0;
};

}  // namespace mc::flux::services::kvs
