#pragma once
// From text to checked objects: MiniClusters and Kubernetes' own kinds in one manifest.
//
// Strict as api/read.hpp: a field that Kubernetes does not know is a problem with line, column,
// path, cause and cure; one that tells one machine nothing becomes a note.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/read.hpp"
#include "base/status.hpp"
#include "core/objects.hpp"

namespace mc::core {

struct ReadResult {
  std::vector<api::Document> documents;  ///< MiniClusters
  std::vector<Object> objects;           ///< all others
  std::vector<api::Problem> problems;    ///< not empty: nothing of it is to be used
};

/// Reads all documents of `text`, Lists included. Positions tell their order.
ReadResult read(std::string_view text, const std::string& defaultNamespace,
                api::Runs where = api::Runs::OnOneMachine);

/// Reads one object back from its manifest (Object::manifest). EINVAL with the first problem.
base::Result<Object> readObject(const boost::json::object& manifest);

}  // namespace mc::core
