#pragma once
// Reads YAML into a tree in which every value knows its line and column, so that whoever checks the
// content can point at it. JSON is YAML.
//
// Types are kubectl's (base/yaml_scalar.hpp). Anchors, aliases and merge keys (<<) are resolved: an
// alias shares the node it stands for, and counts against the limits as if it were written out.
// A key must be a string; one that YAML reads as something else (`on:`, `1.0:`) is an error unless
// both spellings agree. Keys given twice are errors that name both places.
//
// Bounded: a text above the limit is refused before it is parsed, and depth and number of nodes
// stop the parser as it goes.
//
// Source: YAML 1.1, read with libyaml. Thread-safety: pure functions; nodes are immutable.

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml_scalar.hpp"

namespace mc::base {

/// Both from 1; columns count characters. 0: no place.
struct YamlPlace {
  int line = 0;
  int column = 0;
  auto operator<=>(const YamlPlace&) const = default;
};

struct YamlNode;
using YamlPtr = std::shared_ptr<const YamlNode>;

struct YamlEntry {
  std::string key;
  YamlPlace place;  ///< of the key
  YamlPtr value;    ///< never null
};

enum class YamlStyle { Plain, Quoted, Block };

struct YamlNode {
  YamlScalar scalar;  ///< .type is the type of any node
  YamlPlace place;
  YamlStyle style = YamlStyle::Plain;  ///< of a scalar
  std::string text;                    ///< of a scalar: without quotes, escapes resolved
  std::vector<YamlPtr> items;          ///< of a sequence
  std::vector<YamlEntry> entries;      ///< of a mapping, in the order written

  [[nodiscard]] YamlType type() const { return scalar.type; }
  [[nodiscard]] bool is(YamlType wanted) const { return scalar.type == wanted; }
  /// The entry of a mapping with this key, or null.
  [[nodiscard]] const YamlEntry* find(std::string_view key) const;
};

struct YamlLimits {
  size_t bytes = 4u << 20;  ///< of the text; strings behind aliases may add up to four times this
  int depth = 64;           ///< of mappings and sequences in each other
  size_t nodes = 200000;    ///< aliases counted as what they stand for
};

struct YamlError {
  YamlPlace place;
  std::string path;     ///< "spec.containers[0].image", empty if not known
  std::string message;  ///< cause; no values of the text, which may be secrets
  std::string cure;     ///< what to do; may be empty
};

struct YamlStream {
  std::vector<YamlPtr> documents;  ///< those read before an error of syntax; empty ones are Null
  std::vector<YamlError> errors;
};

/// Never fails as a whole: look at `errors`.
YamlStream parseYaml(std::string_view text, const YamlLimits& limits = {});

/// A key as part of a path: ".image", or "[a/b.c]" where it holds other than letters, digits, - and
/// _.
std::string pathStep(std::string_view key);

boost::json::value toJson(const YamlNode& node);

}  // namespace mc::base
