#include "api/read.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "api/convert.hpp"
#include "api/rules.hpp"
#include "api/suggest.hpp"
#include "api/table_reader.hpp"
#include "base/yaml.hpp"

namespace mc::api {
namespace {

using base::YamlNode;
using base::YamlType;

constexpr std::array<std::string_view, 2> kVersions = {"flux-framework.org/v1alpha2",
                                                       "flux-framework.org/v1alpha1"};
constexpr std::array<std::string_view, 3> kKinds = {"MiniCluster", "List", "MiniClusterList"};
constexpr size_t kMostProblems = 1000;

class TextReader {
 public:
  TextReader(const std::string& defaultNamespace, Runs where, OtherKinds* others)
      : defaultNamespace_(defaultNamespace), where_(where), others_(others) {}

  /// One document or one item of a List. `prefix` goes before the paths of its fields.
  void object(const YamlNode& node, base::YamlPlace place, const std::string& prefix, int depth);
  void error(const base::YamlError& error);
  ReadResult finish();

 private:
  void list(const YamlNode& node, Report& report, const std::string& prefix, int depth);
  void miniCluster(const YamlNode& node, Versions version, Report& report);
  void accept(const YamlNode& node, ClusterDraft& draft, const TableReader& reader, Report& report);
  void takeOver(Report& report);
  [[nodiscard]] bool isOther(const std::string& kind) const;
  [[nodiscard]] std::string cureForKind(const std::string& kind) const;

  std::string defaultNamespace_;
  Runs where_;
  OtherKinds* others_;
  ReadResult result_;
  size_t position_ = 0;  ///< of the next object
  std::map<std::pair<std::string, std::string>, int> lines_;  ///< of each namespace and name
};

/// The text of a field of the document itself, or empty with a problem.
std::string headerText(const YamlNode& node, const std::string& name, const std::string& example,
                       Report& report) {
  const auto* entry = node.find(name);
  if (entry == nullptr || entry->value->is(YamlType::Null)) {
    report.add(name, "missing", "add `" + name + ": " + example + "`");
    return {};
  }
  report.wrote(name, entry->value->place, false);
  if (entry->value->is(YamlType::String)) return entry->value->text;
  report.add(name, "must be a string, not " + std::string(base::describe(entry->value->type())),
             "write `" + name + ": " + example + "`");
  return {};
}

Versions versionOf(const std::string& apiVersion, Report& report) {
  if (apiVersion == kVersions[0]) return kAlpha2;
  if (apiVersion == kVersions[1]) return kAlpha1;
  report.add("apiVersion",
             "must be " + std::string(kVersions[0]) + " or " + std::string(kVersions[1]) +
                 ", not " + quoted(apiVersion),
             didYouMean(apiVersion, kVersions));
  return kBoth;
}

boost::json::object manifestOf(const YamlNode& node) {
  boost::json::object manifest;
  for (const char* name : {"apiVersion", "kind", "metadata", "spec"}) {
    if (const auto* entry = node.find(name)) manifest[name] = toJson(*entry->value);
  }
  return manifest;
}

/// With the view image turned off, what is said about it has no effect and does no harm.
bool isMoot(const TableReader::Mention& mention, const ClusterDraft& draft) {
  return draft.fluxDraft.viewDisabled && mention.path.starts_with("spec.flux.container.");
}

void refuse(const TableReader& reader, const ClusterDraft& draft, Runs where, Report& report) {
  for (const auto& mention : reader.mentions()) {
    const Support& support = mention.field->support;
    const char* why = nullptr;
    if (support.stage == Support::Stage::Later && !isMoot(mention, draft))
      why = "comes with a later version: ";
    if (support.stage == Support::Stage::OnlyThere && where == Runs::OnOneMachine)
      why = "needs Kubernetes: ";
    if (why != nullptr)
      report.add(mention.path, why + std::string(support.what), std::string(support.cure));
  }
}

void addNotes(const TableReader& reader, const ClusterDraft& draft, MiniCluster& cluster) {
  for (const auto& mention : reader.mentions()) {
    const std::string why(mention.field->support.what);
    const bool placing = mention.field->support.stage == Support::Stage::Kubernetes;
    const bool nowhere = mention.field->support.stage == Support::Stage::Nowhere;
    if (placing) cluster.kubernetesOnly.push_back({mention.path, why});
    if (nowhere) cluster.withoutEffect.push_back({mention.path, why});
  }
  for (size_t i = 0; i < draft.containerDrafts.size(); ++i) {
    const auto& container = draft.containerDrafts[i];
    if (container.runFlux && !container.name.empty() && container.name != draft.metadata.name)
      cluster.withoutEffect.push_back(
          {containerPath(i) + ".name",
           "the Flux container has the MiniCluster's name, " + draft.metadata.name});
  }
}

bool TextReader::isOther(const std::string& kind) const {
  if (others_ == nullptr) return false;
  const auto names = others_->names();
  return std::find(names.begin(), names.end(), kind) != names.end();
}

std::string TextReader::cureForKind(const std::string& kind) const {
  std::vector<std::string_view> kinds(kKinds.begin(), kKinds.end());
  if (others_ != nullptr) {
    const auto names = others_->names();
    kinds.insert(kinds.end(), names.begin(), names.end());
  }
  const std::string meant = didYouMean(kind, kinds);
  if (!meant.empty()) return meant;
  if (others_ == nullptr) return "this version takes MiniCluster, and List of them";
  std::string all;
  for (const auto each : others_->names()) all += ", " + std::string(each);
  return "these kinds are taken: MiniCluster" + all + ", and List of them";
}

void TextReader::object(const YamlNode& node, base::YamlPlace place, const std::string& prefix,
                        int depth) {
  Report report(prefix);
  report.wrote("", place, false);
  if (!node.is(YamlType::Mapping)) {
    report.addAt(place, "", "must be a mapping, not " + std::string(base::describe(node.type())),
                 "begin with `apiVersion: flux-framework.org/v1alpha2`");
    return takeOver(report);
  }
  const std::string apiVersion = headerText(node, "apiVersion", std::string(kVersions[0]), report);
  const std::string kind = headerText(node, "kind", "MiniCluster", report);
  if (kind == "MiniClusterList" || kind == "List") {
    if (kind == "List" && apiVersion != "v1" && !apiVersion.empty())
      report.add("apiVersion", "of a List is v1", "write `apiVersion: v1`");
    list(node, report, prefix, depth);
  } else if (isOther(kind)) {
    others_->read(node, apiVersion, kind, position_++, report);
  } else if (!kind.empty() && kind != "MiniCluster") {
    report.add("kind", quoted(kind) + " is not taken", cureForKind(kind));
  } else if (!apiVersion.empty() && !kind.empty()) {
    const Versions version = versionOf(apiVersion, report);
    if (version != kBoth) miniCluster(node, version, report);
  }
  takeOver(report);
}

void TextReader::list(const YamlNode& node, Report& report, const std::string& prefix, int depth) {
  const auto* items = node.find("items");
  if (items == nullptr || !items->value->is(YamlType::Sequence))
    return report.add("items", items == nullptr ? "missing" : "must be a list",
                      "begin each object with `- apiVersion: ...`");
  if (depth > 0)
    return report.add("kind", "a List within a List", "put its items into the outer one");
  for (size_t i = 0; i < items->value->items.size(); ++i) {
    const YamlNode& item = *items->value->items[i];
    object(item, item.place, prefix + "items[" + std::to_string(i) + "].", depth + 1);
  }
}

void TextReader::miniCluster(const YamlNode& node, Versions version, Report& report) {
  ClusterDraft draft;
  draft.version = version;
  draft.apiVersion = node.find("apiVersion")->value->text;
  draft.metadata.ns = defaultNamespace_;
  draft.headlessName.clear();
  TableReader reader(version, report);
  reader.read(node, kDocumentTable, &draft, "");
  if (draft.containerDrafts.size() == 1 && !report.has("spec.containers[0]"))
    draft.containerDrafts.front().runFlux = true;
  applyRules(draft, report);
  refuse(reader, draft, where_, report);
  accept(node, draft, reader, report);
}

void TextReader::accept(const YamlNode& node, ClusterDraft& draft, const TableReader& reader,
                        Report& report) {
  if (draft.metadata.ns.empty()) draft.metadata.ns = defaultNamespace_;
  const auto name = std::pair(draft.metadata.ns, draft.metadata.name);
  const auto [first, fresh] = lines_.emplace(name, report.placeOf("metadata.name").line);
  if (!fresh && !name.second.empty())
    report.add("metadata.name",
               "a second MiniCluster " + quoted(name.second) + " in namespace " +
                   quoted(name.first) + "; the first is on line " + std::to_string(first->second),
               "choose another name");
  if (!report.problems().empty()) return;
  MiniCluster cluster = convert(draft);
  addNotes(reader, draft, cluster);
  result_.documents.push_back({std::move(cluster), manifestOf(node), position_++});
}

void TextReader::takeOver(Report& report) {
  auto problems = report.take();
  std::move(problems.begin(), problems.end(), std::back_inserter(result_.problems));
}

void TextReader::error(const base::YamlError& error) {
  result_.problems.push_back(
      {error.place.line, error.place.column, error.path, error.message, error.cure});
}

ReadResult TextReader::finish() {
  auto& problems = result_.problems;
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (problems.size() > kMostProblems) {
    problems.resize(kMostProblems);
    problems.push_back({0, 0, "", "more problems follow; these are the first", ""});
  }
  return std::move(result_);
}

}  // namespace

std::string Problem::text(std::string_view file) const {
  std::string text(file);
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  if (!field.empty()) text += ": " + field;
  text += ": " + message;
  if (!cure.empty()) text += " (" + cure + ")";
  return text;
}

ReadResult read(std::string_view text, const std::string& defaultNamespace, Runs where,
                OtherKinds* others) {
  const auto stream = base::parseYaml(text, {kMaxBytes, kMaxDepth, kMaxNodes});
  TextReader reader(defaultNamespace, where, others);
  for (const auto& error : stream.errors) reader.error(error);
  size_t objects = 0;
  for (const auto& document : stream.documents) {
    if (document->is(YamlType::Null)) continue;
    reader.object(*document, document->place, "", 0);
    ++objects;
  }
  if (objects == 0 && stream.errors.empty())
    reader.error(
        {{}, "", "no MiniCluster in it", "begin with `apiVersion: flux-framework.org/v1alpha2`"});
  return reader.finish();
}

}  // namespace mc::api
