#include "core/read.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <map>
#include <tuple>

#include "api/report.hpp"
#include "api/suggest.hpp"
#include "api/table_reader.hpp"
#include "core/convert.hpp"
#include "core/fields.hpp"

namespace mc::core {
namespace {

using base::YamlNode;

constexpr std::array<std::string_view, 6> kNames = {"Deployment", "Pod",    "Service",
                                                    "ConfigMap",  "Secret", "NetworkPolicy"};

boost::json::object manifestOf(const YamlNode& node, Kind kind) {
  boost::json::object manifest;
  for (const auto& entry : node.entries) {
    const bool value = kind == Kind::Secret && (entry.key == "data" || entry.key == "stringData");
    if (entry.key != "status" && !value) manifest[entry.key] = toJson(*entry.value);
  }
  return manifest;
}

/// What this machine refuses, and what it keeps without a use for it.
void judge(const api::TableReader& reader, api::Runs where, Object& object, api::Report& report) {
  using Stage = api::Support::Stage;
  for (const auto& mention : reader.mentions()) {
    const api::Support& support = mention.field->support;
    if (where == api::Runs::OnKubernetes) continue;
    if (support.stage == Stage::OnlyThere)
      report.add(mention.path, "needs Kubernetes: " + std::string(support.what),
                 std::string(support.cure));
    if (support.stage == Stage::Kubernetes || support.stage == Stage::Nowhere)
      object.notes.push_back(
          {mention.path, "has no effect on one machine: " + std::string(support.what)});
  }
}

class ObjectReader final : public api::OtherKinds {
 public:
  ObjectReader(std::string defaultNamespace, api::Runs where)
      : defaultNamespace_(std::move(defaultNamespace)), where_(where) {}

  [[nodiscard]] std::span<const std::string_view> names() const override { return kNames; }

  void read(const YamlNode& node, const std::string& apiVersion, const std::string& kind,
            size_t position, api::Report& report) override {
    const KindInfo& info = *findKind(kind);
    if (!apiVersion.empty() && apiVersion != info.apiVersion)
      report.add(
          "apiVersion",
          "of a " + kind + " must be " + info.apiVersion + ", not " + api::quoted(apiVersion),
          std::string("write `apiVersion: ") + info.apiVersion + "`");
    ObjectDraft draft;
    draft.metadata.ns = defaultNamespace_;
    Object object;
    object.kind = info.kind;
    object.apiVersion = info.apiVersion;
    object.position = position;
    api::TableReader reader(api::kBoth, report);
    reader.read(node, tableOf(info.kind), &draft, "");
    if (draft.metadata.ns.empty()) draft.metadata.ns = defaultNamespace_;
    object.metadata = draft.metadata;
    object.manifest = manifestOf(node, info.kind);
    judge(reader, where_, object, report);
    convertObject(draft, object, report);
    checkName(info, object, report);
    if (report.problems().empty()) objects.push_back(std::move(object));
  }

  std::vector<Object> objects;

 private:
  void checkName(const KindInfo& info, const Object& object, api::Report& report) {
    const auto& name = object.metadata.name;
    if (info.kind == Kind::Service && !name.empty() && !api::kServiceName.fits(name))
      report.add("metadata.name", std::string(api::kServiceName.cause));
    const auto [first, fresh] = lines_.emplace(std::tuple(info.kind, object.metadata.ns, name),
                                               report.placeOf("metadata.name").line);
    if (!fresh && !name.empty())
      report.add("metadata.name",
                 std::string("a second ") + info.name + " " + api::quoted(name) + " in namespace " +
                     api::quoted(object.metadata.ns) + "; the first is on line " +
                     std::to_string(first->second),
                 "choose another name");
  }

  std::string defaultNamespace_;
  api::Runs where_;
  std::map<std::tuple<Kind, std::string, std::string>, int> lines_;
};

}  // namespace

ReadResult read(std::string_view text, const std::string& defaultNamespace, api::Runs where) {
  ObjectReader others(defaultNamespace, where);
  api::ReadResult read = api::read(text, defaultNamespace, where, &others);
  return {std::move(read.documents), std::move(others.objects), std::move(read.problems)};
}

base::Result<Object> readObject(const boost::json::object& manifest) {
  ReadResult read = core::read(boost::json::serialize(manifest), "default");
  if (!read.problems.empty()) return base::fail(EINVAL, read.problems.front().text("manifest"));
  if (read.objects.size() != 1) return base::fail(EINVAL, "the manifest holds no object");
  return std::move(read.objects.front());
}

}  // namespace mc::core
