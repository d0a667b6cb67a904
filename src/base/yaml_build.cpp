#include "base/yaml_build.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/yaml_syntax.hpp"

namespace mc::base {
namespace {

constexpr size_t kMostErrors = 100;
constexpr size_t kTextPerByte = 4;  ///< how much longer aliases may make a text

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr const char* kTagCure = "remove it, or put a text that begins with ! in quotes";

/// A tag for a message. Only YAML's own: any other text may be an unquoted password.
std::string shown(std::string_view tag) {
  constexpr size_t kLongest = 20;
  const auto name = tag.substr(std::min(tag.size(), kTagPrefix.size()));
  const bool own = tag.starts_with(kTagPrefix) && name.size() <= kLongest;
  return own ? "the tag `!!" + std::string(name) + "`" : "this tag";
}

std::string withoutDot(std::string path) {
  if (path.starts_with('.')) path.erase(0, 1);
  return path;
}

bool isTag(std::string_view tag, std::string_view name) {
  return tag.starts_with(kTagPrefix) && tag.substr(kTagPrefix.size()) == name;
}

YamlStyle styleOf(yaml_scalar_style_t style) {
  if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
    return YamlStyle::Block;
  return style == YAML_PLAIN_SCALAR_STYLE ? YamlStyle::Plain : YamlStyle::Quoted;
}

/// The type that an explicit tag asks for; nothing if `text` doesn't fit it or the tag is unknown.
std::optional<YamlScalar> resolveTagged(std::string_view tag, std::string_view text) {
  if (tag == "!" || isTag(tag, "str") || isTag(tag, "timestamp")) return YamlScalar{};
  YamlScalar scalar = resolveScalar(text);
  if (isTag(tag, "float") && scalar.type == YamlType::Integer) scalar.type = YamlType::Float;
  const bool fits = (isTag(tag, "int") && scalar.type == YamlType::Integer) ||
                    (isTag(tag, "float") && scalar.type == YamlType::Float) ||
                    (isTag(tag, "bool") && scalar.type == YamlType::Boolean) ||
                    (isTag(tag, "null") && scalar.type == YamlType::Null);
  return fits ? std::optional(scalar) : std::nullopt;
}

bool tagFits(std::string_view tag, YamlType type) {
  return tag.empty() || tag == "!" || isTag(tag, type == YamlType::Mapping ? "map" : "seq");
}

}  // namespace

bool YamlBuilder::take(const yaml_event_t& event) {
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      return scalar(event);
    case YAML_ALIAS_EVENT:
      return alias(event);
    case YAML_SEQUENCE_START_EVENT:
      return open(event, YamlType::Sequence, viewOf(event.data.sequence_start.anchor),
                  viewOf(event.data.sequence_start.tag));
    case YAML_MAPPING_START_EVENT:
      return open(event, YamlType::Mapping, viewOf(event.data.mapping_start.anchor),
                  viewOf(event.data.mapping_start.tag));
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return close();
    case YAML_DOCUMENT_START_EVENT:
      anchors_.clear();
      return true;
    default:
      return event.type != YAML_STREAM_END_EVENT;
  }
}

bool YamlBuilder::scalar(const yaml_event_t& event) {
  const auto& data = event.data.scalar;
  auto node = std::make_shared<YamlNode>();
  node->place = placeOf(event.start_mark);
  node->style = styleOf(data.style);
  node->text.assign(reinterpret_cast<const char*>(data.value), data.length);
  const std::string_view tag = viewOf(data.tag);
  if (!tag.empty()) {
    const auto resolved = resolveTagged(tag, node->text);
    if (!resolved) {
      report(node->place, shown(tag) + " does not fit this value", kTagCure);
    }
    node->scalar = resolved.value_or(YamlScalar{});
  } else if (node->style == YamlStyle::Plain) {
    node->scalar = resolveScalar(node->text);
  }
  const Cost cost{1, node->text.size(), 0};
  spent_.nodes += cost.nodes;
  spent_.bytes += cost.bytes;
  return withinLimits(node->place) && place(std::move(node), viewOf(data.anchor), cost);
}

bool YamlBuilder::alias(const yaml_event_t& event) {
  const YamlPlace where = placeOf(event.start_mark);
  const std::string name(viewOf(event.data.alias.anchor));
  const auto open = std::find_if(frames_.begin(), frames_.end(),
                                 [&](const Frame& frame) { return frame.anchor == name; });
  if (open != frames_.end()) return stop(where, "this alias stands inside what it stands for", "");
  const auto found = anchors_.find(name);
  if (found == anchors_.end())
    return stop(where, "no anchor of this name comes before this alias",
                "put a text that begins with * in quotes");
  const Cost cost = found->second.cost;
  spent_.nodes += cost.nodes;
  spent_.bytes += cost.bytes;
  if (static_cast<int>(frames_.size()) + cost.height > limits_.depth)
    return stop(where, "nested deeper than " + std::to_string(limits_.depth) + " levels", "");
  return withinLimits(where) && place(found->second.node, {}, cost);
}

bool YamlBuilder::open(const yaml_event_t& event, YamlType type, std::string_view anchor,
                       std::string_view tag) {
  const YamlPlace where = placeOf(event.start_mark);
  if (awaitsKey()) return stop(where, "a list or mapping can't be a key", "");
  if (static_cast<int>(frames_.size()) >= limits_.depth)
    return stop(where, "nested deeper than " + std::to_string(limits_.depth) + " levels", "");
  if (!tagFits(tag, type)) report(where, shown(tag) + " does not fit this value", kTagCure);
  Frame frame;
  frame.node = std::make_shared<YamlNode>();
  frame.node->scalar.type = type;
  frame.node->place = where;
  frame.anchor = anchor;
  frame.before = spent_;
  frames_.push_back(std::move(frame));
  ++spent_.nodes;
  return withinLimits(where);
}

bool YamlBuilder::close() {
  Frame frame = std::move(frames_.back());
  if (frame.node->is(YamlType::Mapping)) closeMapping(frame);
  frames_.pop_back();
  const Cost cost{spent_.nodes - frame.before.nodes, spent_.bytes - frame.before.bytes,
                  frame.height + 1};
  if (stream_.errors.size() >= kMostErrors) return false;
  return place(std::move(frame.node), frame.anchor, cost);
}

bool YamlBuilder::place(YamlPtr node, std::string_view anchor, const Cost& cost) {
  if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), Anchor{node, cost});
  if (frames_.empty()) {
    stream_.documents.push_back(std::move(node));
    return true;
  }
  if (awaitsKey() && cost.height > 0)
    return stop(node->place, "a list or mapping can't be a key", "");
  Frame& frame = frames_.back();
  frame.height = std::max(frame.height, cost.height);
  if (frame.node->is(YamlType::Sequence)) {
    frame.node->items.push_back(std::move(node));
  } else if (!frame.key) {
    key(*node);
  } else if (frame.key->merge) {
    frame.merges.push_back(std::move(*frame.key));
    frame.merged.push_back(std::move(node));
    frame.key.reset();
  } else {
    frame.node->entries.push_back({std::move(frame.key->text), frame.key->place, std::move(node)});
    frame.key.reset();
  }
  return true;
}

/// `on: x` is a key `true` for YAML 1.1, and `1.0: x` a key `1` for kubectl: nobody means that.
void YamlBuilder::key(const YamlNode& node) {
  const bool plain = node.style == YamlStyle::Plain;
  frames_.back().key = Key{node.text, node.place, plain && node.text == "<<"};
  if (node.is(YamlType::String)) return;
  if (!node.is(YamlType::Null) && node.scalar.canonical() == node.text) return;
  report(node.place, "the key `" + node.text + "` reads as " + std::string(describe(node.type())),
         "write it in quotes: \"" + node.text + "\"");
}

void YamlBuilder::closeMapping(Frame& frame) {
  dropDuplicates(*frame.node);
  if (!frame.merges.empty()) merge(frame);
}

void YamlBuilder::dropDuplicates(YamlNode& mapping) {
  std::unordered_map<std::string_view, YamlPlace> seen;
  std::vector<YamlEntry> kept;
  std::vector<bool> repeated;
  for (const auto& entry : mapping.entries) {
    const auto [first, fresh] = seen.emplace(entry.key, entry.place);
    repeated.push_back(!fresh);
    if (fresh) continue;
    reportAt(entry.place, path() + pathStep(entry.key),
             "given twice, first on line " + std::to_string(first->second.line),
             "remove one of the two");
  }
  if (seen.size() == mapping.entries.size()) return;
  for (size_t i = 0; i < repeated.size(); ++i) {
    if (!repeated[i]) kept.push_back(std::move(mapping.entries[i]));
  }
  mapping.entries = std::move(kept);
}

/// Own keys win over merged ones, and earlier merges over later ones (yaml.org/type/merge.html).
void YamlBuilder::merge(Frame& frame) {
  std::vector<const YamlNode*> sources;
  for (size_t i = 0; i < frame.merges.size(); ++i) {
    const YamlNode& value = *frame.merged[i];
    if (value.is(YamlType::Sequence)) {
      for (const auto& item : value.items) sources.push_back(item.get());
    } else {
      sources.push_back(&value);
    }
    if (!std::all_of(sources.begin(), sources.end(),
                     [](const YamlNode* source) { return source->is(YamlType::Mapping); })) {
      return report(frame.merges[i].place,
                    "the merge key `<<` takes a mapping or a list of mappings",
                    "write `<<: *anchor`, or put the key in quotes");
    }
  }
  mergeFrom(*frame.node, sources);
}

void YamlBuilder::mergeFrom(YamlNode& mapping, const std::vector<const YamlNode*>& sources) {
  size_t most = mapping.entries.size();
  for (const auto* source : sources) most += source->entries.size();
  mapping.entries.reserve(most);  // so that the views below stay valid
  std::unordered_set<std::string_view> own;
  for (const auto& entry : mapping.entries) own.insert(entry.key);
  for (const auto* source : sources) {
    for (const auto& entry : source->entries) {
      if (own.contains(entry.key)) continue;
      mapping.entries.push_back(entry);
      own.insert(mapping.entries.back().key);
    }
  }
}

bool YamlBuilder::awaitsKey() const {
  return !frames_.empty() && frames_.back().node != nullptr &&
         frames_.back().node->is(YamlType::Mapping) && !frames_.back().key;
}

bool YamlBuilder::withinLimits(const YamlPlace& place) {
  if (spent_.nodes > limits_.nodes)
    return stop(place, "more than " + std::to_string(limits_.nodes) + " values, aliases counted",
                "");
  if (spent_.bytes > limits_.bytes * kTextPerByte)
    return stop(place,
                "aliases stand for more than " + std::to_string(limits_.bytes * kTextPerByte) +
                    " bytes of text",
                "");
  return true;
}

std::string YamlBuilder::path() const {
  std::string path;
  for (const auto& frame : frames_) {
    if (frame.node == nullptr) break;  // being closed
    if (frame.node->is(YamlType::Sequence)) {
      path += "[" + std::to_string(frame.node->items.size()) + "]";
    } else if (frame.key) {
      path += pathStep(frame.key->text);
    }
  }
  return path;
}

void YamlBuilder::report(const YamlPlace& place, std::string message, std::string cure) {
  reportAt(place, path(), std::move(message), std::move(cure));
}

void YamlBuilder::reportAt(const YamlPlace& place, std::string path, std::string message,
                           std::string cure) {
  if (stream_.errors.size() < kMostErrors)
    stream_.errors.push_back(
        {place, withoutDot(std::move(path)), std::move(message), std::move(cure)});
}

bool YamlBuilder::stop(const YamlPlace& place, std::string message, std::string cure) {
  stream_.errors.push_back({place, withoutDot(path()), std::move(message), std::move(cure)});
  return false;
}

}  // namespace mc::base
