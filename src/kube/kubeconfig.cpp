#include "kube/kubeconfig.hpp"

#include <filesystem>

#include "base/base64.hpp"
#include "base/fd.hpp"

namespace mc::kube {

using base::YamlNode;
using base::YamlType;

namespace {

constexpr size_t kLongestFile = 4u << 20;

std::string placed(const std::string& file, const base::YamlPlace& place) {
  return place.line == 0 ? file : file + ":" + std::to_string(place.line);
}

Error syntaxError(const std::string& file, const base::YamlError& wrong) {
  std::string message = placed(file, wrong.place) + ": " + wrong.message;
  if (!wrong.cure.empty()) message += "; " + wrong.cure;
  return {Reason::Config, message};
}

/// `clusters: [{name: X, cluster: {...}}]` by name.
Status mergeNamed(const KubeconfigEntry& top, const std::string& list, const std::string& member,
                  Kubeconfig::Entries& into) {
  MC_TRY_ASSIGN(const auto items, top.mappings(list));
  for (const KubeconfigEntry& item : items) {
    MC_TRY_ASSIGN(const std::string name, item.text("name"));
    if (name.empty())
      return tl::make_unexpected(item.error("name", "is missing", "give it a name"));
    MC_TRY_ASSIGN(auto entry, item.mapping(member));
    into.try_emplace(name, entry.value_or(item));
  }
  return {};
}

}  // namespace

KubeconfigEntry::KubeconfigEntry(std::string file, std::string path, base::YamlPtr node)
    : file_(std::move(file)), path_(std::move(path)), node_(std::move(node)) {}

const base::YamlEntry* KubeconfigEntry::find(std::string_view key) const {
  const base::YamlEntry* entry = node_ == nullptr ? nullptr : node_->find(key);
  return entry == nullptr || entry->value->is(YamlType::Null) ? nullptr : entry;
}

bool KubeconfigEntry::has(std::string_view key) const {
  return find(key) != nullptr;
}

base::YamlPtr KubeconfigEntry::node(std::string_view key) const {
  const base::YamlEntry* entry = find(key);
  return entry == nullptr ? nullptr : entry->value;
}

Error KubeconfigEntry::error(std::string_view key, const std::string& cause,
                             const std::string& cure) const {
  const base::YamlEntry* entry = find(key);
  const base::YamlPlace place =
      entry != nullptr ? entry->place : (node_ == nullptr ? base::YamlPlace() : node_->place);
  const std::string path = path_ + base::pathStep(key);
  return {Reason::Config, placed(file_, place) + ": " + path.substr(path.starts_with('.') ? 1 : 0) +
                              ": " + cause + "; " + cure};
}

Result<std::string> KubeconfigEntry::textOf(const YamlNode& node, std::string_view key) const {
  if (node.is(YamlType::String)) return node.text;
  return tl::make_unexpected(
      error(key, "is " + std::string(base::describe(node.type())) + ", not a text",
            "put the value in quotes"));
}

Result<std::string> KubeconfigEntry::text(std::string_view key) const {
  const base::YamlEntry* entry = find(key);
  if (entry == nullptr) return std::string();
  return textOf(*entry->value, key);
}

Result<bool> KubeconfigEntry::flag(std::string_view key) const {
  const base::YamlEntry* entry = find(key);
  if (entry == nullptr) return false;
  if (entry->value->is(YamlType::Boolean)) return entry->value->scalar.boolean;
  return tl::make_unexpected(error(key, "is no boolean", "write true or false"));
}

Result<std::vector<std::string>> KubeconfigEntry::texts(std::string_view key) const {
  std::vector<std::string> list;
  const base::YamlEntry* entry = find(key);
  if (entry == nullptr) return list;
  if (!entry->value->is(YamlType::Sequence))
    return tl::make_unexpected(error(key, "is no list", "write a list of texts"));
  for (const base::YamlPtr& item : entry->value->items) {
    MC_TRY_ASSIGN(std::string text, textOf(*item, key));
    list.push_back(std::move(text));
  }
  return list;
}

Result<std::string> KubeconfigEntry::filePath(std::string_view key) const {
  MC_TRY_ASSIGN(const std::string path, text(key));
  if (path.empty()) return path;
  return (std::filesystem::path(file_).parent_path() / path).string();
}

Result<PemSource> KubeconfigEntry::pem(const std::string& key) const {
  PemSource source;
  MC_TRY_ASSIGN(const std::string packed, text(key + "-data"));
  if (packed.empty()) {
    MC_TRY_ASSIGN(source.file, filePath(key));
    return source;
  }
  auto data = base::base64Decode(packed);
  if (!data)
    return tl::make_unexpected(
        error(key + "-data", "is no base64", "encode the PEM file with `base64 -w0`"));
  source.data = std::move(*data);
  return source;
}

Result<std::optional<KubeconfigEntry>> KubeconfigEntry::mapping(std::string_view key) const {
  const base::YamlEntry* entry = find(key);
  if (entry == nullptr) return std::optional<KubeconfigEntry>();
  if (!entry->value->is(YamlType::Mapping))
    return tl::make_unexpected(error(key, "is no mapping", "write KEY: VALUE lines below it"));
  return KubeconfigEntry(file_, path_ + base::pathStep(key), entry->value);
}

Result<std::vector<KubeconfigEntry>> KubeconfigEntry::mappings(std::string_view key) const {
  std::vector<KubeconfigEntry> list;
  const base::YamlEntry* entry = find(key);
  if (entry == nullptr) return list;
  if (!entry->value->is(YamlType::Sequence))
    return tl::make_unexpected(error(key, "is no list", "begin each entry with `- `"));
  for (const base::YamlPtr& item : entry->value->items) {
    const std::string step = "[" + std::to_string(list.size()) + "]";
    KubeconfigEntry next(file_, path_ + base::pathStep(key) + step, item);
    if (!item->is(YamlType::Mapping))
      return tl::make_unexpected(
          error(key, "has an entry that is no mapping", "write KEY: VALUE lines for each entry"));
    list.push_back(std::move(next));
  }
  return list;
}

Result<std::vector<std::pair<std::string, std::string>>> KubeconfigEntry::multiTexts(
    std::string_view key) const {
  std::vector<std::pair<std::string, std::string>> pairs;
  MC_TRY_ASSIGN(const auto entry, mapping(key));
  if (!entry) return pairs;
  for (const base::YamlEntry& member : entry->node_->entries) {
    MC_TRY_ASSIGN(auto values, entry->texts(member.key));
    for (std::string& value : values) pairs.emplace_back(member.key, std::move(value));
  }
  return pairs;
}

Status mergeKubeconfig(const std::string& file, Kubeconfig& merged) {
  auto content = base::readFile(file, kLongestFile);
  if (!content) return tl::make_unexpected(Error(Reason::Config, content.error().message));
  const base::YamlStream stream = base::parseYaml(*content);
  if (!stream.errors.empty()) return tl::make_unexpected(syntaxError(file, stream.errors.front()));
  merged.files.push_back(file);
  if (stream.documents.empty() || stream.documents.front()->is(YamlType::Null)) return {};
  if (!stream.documents.front()->is(YamlType::Mapping))
    return fail(Reason::Config,
                file + ": is no kubeconfig; it must hold clusters, users and contexts");
  const KubeconfigEntry top(file, "", stream.documents.front());
  MC_TRY(mergeNamed(top, "clusters", "cluster", merged.clusters));
  MC_TRY(mergeNamed(top, "users", "user", merged.users));
  MC_TRY(mergeNamed(top, "contexts", "context", merged.contexts));
  MC_TRY_ASSIGN(const std::string current, top.text("current-context"));
  if (merged.currentContext.empty()) merged.currentContext = current;
  return {};
}

}  // namespace mc::kube
