#pragma once
// Makes the tree of base/yaml.hpp from libyaml's events, within its limits. Internal to it.
//
// Thread-safety: none; one builder, one thread.

#include <yaml.h>

#include <map>
#include <optional>

#include "base/yaml.hpp"

namespace mc::base {

class YamlBuilder {
 public:
  explicit YamlBuilder(const YamlLimits& limits) : limits_(limits) {}

  /// False when no more events are wanted: at the end, or at an error that ends the reading.
  bool take(const yaml_event_t& event);

  [[nodiscard]] YamlStream finish() { return std::move(stream_); }

  /// Where in the document the builder is now: ".spec.size".
  [[nodiscard]] std::string path() const;

 private:
  /// What a node costs: aliases make this more than what is in memory.
  struct Cost {
    size_t nodes = 0;
    size_t bytes = 0;
    int height = 0;  ///< 0 for a scalar
  };
  struct Anchor {
    YamlPtr node;
    Cost cost;
  };
  struct Key {
    std::string text;
    YamlPlace place;
    bool merge = false;
  };
  /// A mapping or sequence that is still being read.
  struct Frame {
    std::shared_ptr<YamlNode> node;
    std::string anchor;
    Cost before;     ///< of the document when it began
    int height = 0;  ///< of what it holds
    std::optional<Key> key;
    std::vector<Key> merges;  ///< with `merged` one to one
    std::vector<YamlPtr> merged;
  };

  bool scalar(const yaml_event_t& event);
  bool alias(const yaml_event_t& event);
  bool open(const yaml_event_t& event, YamlType type, std::string_view anchor,
            std::string_view tag);
  bool close();
  /// Puts a complete node where it belongs.
  bool place(YamlPtr node, std::string_view anchor, const Cost& cost);
  void key(const YamlNode& node);
  void closeMapping(Frame& frame);
  void dropDuplicates(YamlNode& mapping);
  void merge(Frame& frame);
  static void mergeFrom(YamlNode& mapping, const std::vector<const YamlNode*>& sources);

  [[nodiscard]] bool awaitsKey() const;
  bool withinLimits(const YamlPlace& place);
  void report(const YamlPlace& place, std::string message, std::string cure);
  void reportAt(const YamlPlace& place, std::string path, std::string message, std::string cure);
  bool stop(const YamlPlace& place, std::string message, std::string cure);

  YamlLimits limits_;
  YamlStream stream_;
  std::vector<Frame> frames_;
  std::map<std::string, Anchor, std::less<>> anchors_;
  Cost spent_;
};

}  // namespace mc::base
