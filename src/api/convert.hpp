#pragma once
// From a draft, which spells things as its version of the API does, to the one MiniCluster.
//
// Thread-safety: a pure function.

#include "api/draft.hpp"

namespace mc::api {

/// `draft` must have passed the rules of api/rules.hpp.
MiniCluster convert(const ClusterDraft& draft);

/// What a volume of a container is made from; null if it names no source, several or none that is
/// defined.
std::optional<Volume> resolveVolume(const ClusterDraft& draft, const std::string& name,
                                    const VolumeDraft& volume);

/// How many sources a volume names.
int countSources(const VolumeDraft& volume);

}  // namespace mc::api
