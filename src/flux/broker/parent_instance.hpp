#pragma once
// The instance around this one, of which this one is a job: asked for the job's resources, told
// where the job's own instance can be reached.
//
// Thread-safety: none.

#include <functional>
#include <memory>
#include <string>

#include "base/loop.hpp"
#include "flux/formats/resource_set.hpp"

namespace mc::flux::client {
class Handle;
}

namespace mc::flux::broker {

/// What job `jobId` of the instance at `uri` has, its nodes numbered 0 to `size`-1 in order of that
/// instance's ranks (RFC 20). ENOTSUP where the job does not have one broker per node. Blocks until
/// the other instance has answered.
base::Result<formats::ResourceSet> enclosingResources(const std::string& uri,
                                                      const std::string& jobId, uint32_t size);

/// The same numbering for any R.
base::Result<formats::ResourceSet> renumber(const formats::ResourceSet& resources, uint32_t size);

/// Notes the URI of this instance in its job (memo `uri`), where `flux uri`, `flux proxy` and
/// `flux jobs -R` find it.
class Announcement {
 public:
  /// Returns at once; `failed` is called later, at most once, and not after the end of this object.
  static std::unique_ptr<Announcement> send(base::Loop& loop, const std::string& parentUri,
                                            const std::string& jobId, const std::string& ownUri,
                                            std::function<void(const base::Error&)> failed);
  ~Announcement();
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;

 private:
  Announcement();
  base::Status begin(base::Loop& loop, const std::string& parentUri, const std::string& jobId,
                     const std::string& ownUri);

  std::function<void(const base::Error&)> failed_;
  std::unique_ptr<client::Handle> handle_;
  base::Watch rpc_;
  base::Watch end_;
};

}  // namespace mc::flux::broker
