#pragma once
// The two forms of a job's jobspec in the KVS: J as it was submitted, and the jobspec in it. Both
// are made from one copy of the text, since they are most of what a finished job keeps.
//
// Thread-safety: none; everything runs on the broker's loop.

#include <memory>
#include <string>

#include "flux/services/kvs/node.hpp"

namespace mc::flux::services::manager {

/// What to store under `jobspec` and `J`.
struct JobspecTexts {
  kvs::Node::Content jobspec;
  kvs::Node::Content signedJobspec;
};

/// Makes them for one job after the other. Jobs that come together are mostly alike (the copies of
/// `flux submit --cc` differ in one number): what a text shares with an earlier one is kept once.
class JobspecKeeper {
 public:
  /// `signedJobspec` is by the user `userid`. `completed`: `text` is not just what it holds.
  JobspecTexts keep(std::string text, std::string signedJobspec, uint32_t userid, bool completed);

 private:
  std::shared_ptr<const kvs::Text> share(std::string text);

  std::shared_ptr<const std::string> model_;  ///< the last text that was kept whole
};

}  // namespace mc::flux::services::manager
