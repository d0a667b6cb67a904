#pragma once
// The two forms of a job's jobspec in the KVS: J as it was submitted, and the jobspec in it. Both
// are made from one copy of the text, since they are most of what a finished job keeps.
//
// Thread-safety: values.

#include <memory>
#include <string>

#include "flux/services/kvs/node.hpp"

namespace mc::flux::services::manager {

/// What to store under `jobspec` and `J`.
struct JobspecTexts {
  kvs::Node::Content jobspec;
  kvs::Node::Content signedJobspec;
};

/// `signedJobspec` is by the user `userid`. `completed`: `text` is not just what it holds.
JobspecTexts makeJobspecTexts(std::string text, std::string signedJobspec, uint32_t userid,
                              bool completed);

}  // namespace mc::flux::services::manager
