#pragma once
// From text to checked MiniClusters: the way in for every manifest, whoever runs it.
//
// A text may hold several YAML documents, `kind: List` objects, or JSON. All errors of a text are
// reported together, each with file, line, column, the field's path, the cause and a cure.
//
// Limits, against hostile input: see kMaxBytes, kMaxDepth, kMaxNodes; an alias counts as many nodes
// as it stands for.
//
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/minicluster.hpp"

namespace mc::base {
struct YamlNode;
}

namespace mc::api {

constexpr size_t kMaxBytes = 4u << 20;
constexpr int kMaxDepth = 64;
constexpr size_t kMaxNodes = 200000;

/// One thing wrong with a manifest.
struct Problem {
  int line = 0;         ///< from 1; 0 if it has no place
  int column = 0;       ///< from 1
  std::string field;    ///< "spec.containers[0].runFlux"
  std::string message;  ///< cause
  std::string cure;     ///< what to do, may be empty

  /// "FILE:LINE:COLUMN: FIELD: MESSAGE (CURE)"
  [[nodiscard]] std::string text(std::string_view file) const;
};

/// A MiniCluster and the document it was read from.
struct Document {
  MiniCluster cluster;
  boost::json::object manifest;  ///< apiVersion, kind, metadata, spec as written.
  size_t position = 0;           ///< among all objects of the text, other kinds included
};

struct ReadResult {
  std::vector<Document> documents;
  std::vector<Problem> problems;  ///< Not empty: the documents are not to be used.
};

/// Who is to carry a manifest out; each refuses what it can't.
enum class Runs { OnOneMachine, OnKubernetes };

class Report;

/// Takes the objects of a text that are no MiniClusters (core/read.hpp has them).
class OtherKinds {
 public:
  virtual ~OtherKinds() = default;
  /// The kinds it takes.
  [[nodiscard]] virtual std::span<const std::string_view> names() const = 0;
  /// One object of such a kind. Problems go to `report`.
  virtual void read(const base::YamlNode& node, const std::string& apiVersion,
                    const std::string& kind, size_t position, Report& report) = 0;
};

/// Reads all documents of `text`. `defaultNamespace` is taken where metadata.namespace is absent.
ReadResult read(std::string_view text, const std::string& defaultNamespace,
                Runs where = Runs::OnOneMachine, OtherKinds* others = nullptr);

}  // namespace mc::api
