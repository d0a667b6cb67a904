#include "fakes/fake_apiserver/scale.hpp"

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

std::vector<std::string> steps(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

const json::value* valueAt(const json::object& object, const std::string& path) {
  const json::object* in = &object;
  const json::value* found = nullptr;
  for (const auto& step : steps(path)) {
    found = in ? in->if_contains(step) : nullptr;
    if (!found) return nullptr;
    in = found->if_object();
  }
  return found;
}

void setAt(json::object& object, const std::string& path, json::value value) {
  json::object* in = &object;
  const auto parts = steps(path);
  for (size_t i = 0; i + 1 < parts.size(); ++i) in = &child(*in, parts[i]);
  (*in)[parts.back()] = std::move(value);
}

json::object scaleOf(const ScalePaths& paths, const json::object& object) {
  const auto number = [&](const std::string& path) {
    const auto* value = valueAt(object, path);
    return value && value->is_number() ? *value : json::value(0);
  };
  json::object meta;
  for (const auto* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    copyMember(objectAt(object, {"metadata"}), meta, field);
  json::object status{{"replicas", number(paths.statusReplicas)}};
  const auto* selector = paths.selector.empty() ? nullptr : valueAt(object, paths.selector);
  if (selector) status["selector"] = *selector;
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata", std::move(meta)},
          {"spec", json::object{{"replicas", number(paths.specReplicas)}}},
          {"status", std::move(status)}};
}

}  // namespace

Outcome<json::object> readScale(const World& world, const Target& target) {
  const auto& type = *target.type;
  const auto object = world.store.find(target.key());
  if (!object) return refuse(notFound(type.group(), type.plural, target.name));
  return scaleOf(type.scale.front(), *object);
}

Outcome<json::object> changeScale(World& world, const Target& target, const Mutation& change,
                                  const WriteContext& context) {
  const auto& paths = target.type->scale.front();
  const auto mutate = [&](const json::object& live) -> Outcome<json::object> {
    MC_TRY_ASSIGN(const auto scale, change(scaleOf(paths, live)));
    const auto replicas = numberAt(scale, {"spec", "replicas"}).value_or(0);
    if (replicas < 0)
      return refuse(invalid("autoscaling", "Scale", target.name,
                            {invalidValue("spec.replicas", std::to_string(replicas),
                                          "must be greater than or equal to 0")}));
    json::object wanted = live;
    setAt(wanted, paths.specReplicas, replicas);
    copyMember(objectAt(scale, {"metadata"}), metadata(wanted), "resourceVersion");
    return wanted;
  };
  MC_TRY_ASSIGN(const auto written, changeObject(world, target, mutate, context));
  return scaleOf(paths, written.object);
}

}  // namespace mc::fakes
