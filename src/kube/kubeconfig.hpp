#pragma once
// kubeconfig files: reading one, merging several. Internal to config.hpp.
//
// Entries stay YAML, so that an error in a field can name its line. Source: kubeconfig v1
// (Kubernetes reference, config API). Thread-safety: values and functions without state.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml.hpp"
#include "kube/config.hpp"

namespace mc::kube {

/// A mapping of a kubeconfig, and the words for what is wrong in it.
class KubeconfigEntry {
 public:
  KubeconfigEntry() = default;
  KubeconfigEntry(std::string file, std::string path, base::YamlPtr node);

  [[nodiscard]] bool has(std::string_view key) const;
  /// Empty if it is missing.
  Result<std::string> text(std::string_view key) const;
  Result<bool> flag(std::string_view key) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;
  /// Relative paths count from the file's own directory.
  Result<std::string> filePath(std::string_view key) const;
  /// KEY-data in base64, or the file of KEY; the data wins, as in kubectl.
  Result<PemSource> pem(const std::string& key) const;
  /// The mapping there; nothing if it is missing.
  Result<std::optional<KubeconfigEntry>> mapping(std::string_view key) const;
  /// The mappings of a list.
  Result<std::vector<KubeconfigEntry>> mappings(std::string_view key) const;
  /// Keys and texts of a mapping of lists of texts (as-user-extra).
  Result<std::vector<std::pair<std::string, std::string>>> multiTexts(std::string_view key) const;
  [[nodiscard]] base::YamlPtr node(std::string_view key) const;

  /// "FILE:LINE: PATH.KEY: CAUSE; CURE". Values are not shown.
  [[nodiscard]] Error error(std::string_view key, const std::string& cause,
                            const std::string& cure) const;

 private:
  [[nodiscard]] const base::YamlEntry* find(std::string_view key) const;
  Result<std::string> textOf(const base::YamlNode& node, std::string_view key) const;

  std::string file_;
  std::string path_;
  base::YamlPtr node_;
};

/// What several files say together.
struct Kubeconfig {
  using Entries = std::map<std::string, KubeconfigEntry>;
  Entries clusters;
  Entries users;
  Entries contexts;
  std::string currentContext;
  std::vector<std::string> files;  ///< that were read
};

/// Reads `file` into `merged`; what is there already stays.
Status mergeKubeconfig(const std::string& file, Kubeconfig& merged);

}  // namespace mc::kube
