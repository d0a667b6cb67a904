#include "api/conversion.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <optional>

#include "api/conversion_fields.hpp"
#include "api/conversion_kept.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kGroupPrefix = "flux-framework.org/";

base::Result<Versions> versionOf(std::string_view apiVersion) {
  if (apiVersion == kAlpha1Version) return kAlpha1;
  if (apiVersion == kAlpha2Version) return kAlpha2;
  return base::fail(EINVAL, "apiVersion: must be " + std::string(kAlpha1Version) + " or " +
                                std::string(kAlpha2Version));
}

std::string_view textAt(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

json::object* objectAt(json::object& object, std::string_view key) {
  auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

std::string annotationFor(Versions version) {
  return std::string(kGroupPrefix) + (version == kAlpha1 ? "v1alpha1" : "v1alpha2") + "-fields";
}

/// What an earlier conversion kept for a version.
struct Kept {
  bool written = false;  ///< the manifest was written in that version
  json::array fields;
};

std::optional<Kept> parseKept(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 64;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  Kept kept;
  auto& object = value.get_object();
  const auto* written = object.if_contains("written");
  kept.written = written != nullptr && written->is_bool() && written->get_bool();
  auto* fields = object.if_contains("fields");
  if (fields != nullptr && fields->is_array()) kept.fields = std::move(fields->get_array());
  return kept;
}

json::object* annotationsOf(json::object& object) {
  auto* metadata = objectAt(object, "metadata");
  return metadata == nullptr ? nullptr : objectAt(*metadata, "annotations");
}

std::optional<Kept> keptFor(Versions version, json::object& object) {
  auto* annotations = annotationsOf(object);
  if (annotations == nullptr) return std::nullopt;
  const std::string_view text = textAt(*annotations, annotationFor(version));
  return text.empty() ? std::nullopt : parseKept(text);
}

void removeAnnotation(Versions version, json::object& object) {
  auto* annotations = annotationsOf(object);
  if (annotations == nullptr || annotations->erase(annotationFor(version)) == 0) return;
  if (annotations->empty()) objectAt(object, "metadata")->erase("annotations");
}

/// The same object gives the same text, whatever the order of its keys.
json::value sorted(const json::value& value) {
  if (const auto* array = value.if_array()) {
    json::array items;
    for (const auto& item : *array) items.push_back(sorted(item));
    return items;
  }
  if (!value.is_object()) return value;
  std::map<std::string_view, const json::value*> entries;
  for (const auto& each : value.get_object()) entries[each.key()] = &each.value();
  json::object object;
  for (const auto& [key, entry] : entries) object[key] = sorted(*entry);
  return object;
}

void annotate(Versions version, const Kept& kept, json::object& object) {
  auto& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  auto& annotations = metadata.get_object()["annotations"];
  if (!annotations.is_object()) annotations = json::object();
  annotations.get_object()[annotationFor(version)] =
      json::serialize(sorted({{"written", kept.written}, {"fields", kept.fields}}));
}

/// What a way there and back would lose of `spec`. Of a version that the manifest was not written
/// in, defaults are what the API server has filled in.
json::array lost(json::object back, const json::object& spec, Versions version, bool written) {
  const json::object bare = withoutDefaults(back, kSpecTable, version);
  if (written) return changesBetween({back, bare}, spec);
  back = bare;
  return changesBetween({back, bare}, withoutDefaults(spec, kSpecTable, version));
}

void convertSpec(json::object& object, Versions from, Versions to) {
  auto* metadata = objectAt(object, "metadata");
  const std::string name(metadata == nullptr ? std::string_view() : textAt(*metadata, "name"));
  auto* spec = objectAt(object, "spec");
  const auto earlier = keptFor(to, object);
  removeAnnotation(to, object);
  Kept kept;
  kept.written = !earlier || !earlier->written;
  if (spec != nullptr) {
    json::object translated = translateSpec(*spec, from, to, name);
    if (earlier)
      applyChanges(earlier->fields, {translated, withoutDefaults(translated, kSpecTable, to)});
    kept.fields = lost(translateSpec(translated, to, from, name), *spec, from, kept.written);
    *spec = std::move(translated);
  }
  if (kept.written || !kept.fields.empty()) annotate(from, kept, object);
}

}  // namespace

base::Result<json::object> convertTo(std::string_view apiVersion, json::object object) {
  if (textAt(object, "kind") != "MiniCluster")
    return base::fail(EINVAL, "kind: must be MiniCluster");
  MC_TRY_ASSIGN(const Versions from, versionOf(textAt(object, "apiVersion")));
  MC_TRY_ASSIGN(const Versions to, versionOf(apiVersion));
  if (from == to) return object;
  convertSpec(object, from, to);
  object["apiVersion"] = apiVersion;
  return object;
}

base::Result<json::object> asWritten(json::object object) {
  MC_TRY_ASSIGN(const Versions version, versionOf(textAt(object, "apiVersion")));
  const Versions other = version == kAlpha1 ? kAlpha2 : kAlpha1;
  const auto kept = keptFor(other, object);
  if (!kept || !kept->written) return object;
  return convertTo(other == kAlpha1 ? kAlpha1Version : kAlpha2Version, std::move(object));
}

}  // namespace mc::api
