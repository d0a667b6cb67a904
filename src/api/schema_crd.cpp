// The definition around the schemas: names, versions, columns, subresources, conversion.

#include <boost/json/array.hpp>

#include "api/schema.hpp"

namespace mc::api {
namespace {

namespace json = boost::json;

json::array columns() {
  const auto column = [](const char* name, const char* type, const char* path, const char* doc) {
    return json::object{{"name", name}, {"type", type}, {"jsonPath", path}, {"description", doc}};
  };
  json::array columns = {
      column("Size", "integer", ".spec.size", "Number of pods that are wanted"),
      column("Ready", "integer", ".status.ready", "Number of pods that are ready"),
      column("Status", "string", ".status.phase", "Where the MiniCluster is in its life"),
      column("Age", "date", ".metadata.creationTimestamp", "Time since it was created")};
  // Shown by -o wide only.
  json::object lead = column("Lead", "string", ".status.leadPod", "Pod of the lead broker");
  json::object exit = column("Exit", "integer", ".status.exitCode", "Exit status of the job");
  for (auto* wide : {&lead, &exit}) {
    (*wide)["priority"] = 1;
    columns.push_back(std::move(*wide));
  }
  return columns;
}

json::object subresources() {
  return {{"status", json::object()},
          {"scale",
           {{"specReplicasPath", ".spec.size"},
            {"statusReplicasPath", ".status.size"},
            {"labelSelectorPath", ".status.selector"}}}};
}

json::object version(const char* name, Versions which, bool stored) {
  return {{"name", name},
          {"served", true},
          {"storage", stored},
          {"schema", {{"openAPIV3Schema", openApiSchema(which)}}},
          {"subresources", subresources()},
          {"additionalPrinterColumns", columns()}};
}

json::object conversion(const CrdSettings& settings) {
  json::object client = {{"service",
                          {{"namespace", settings.serviceNamespace},
                           {"name", settings.serviceName},
                           {"path", settings.path},
                           {"port", 443}}}};
  return {{"strategy", "Webhook"},
          {"webhook", {{"conversionReviewVersions", {"v1"}}, {"clientConfig", std::move(client)}}}};
}

}  // namespace

json::object customResourceDefinition(const CrdSettings& settings) {
  json::object names = {{"kind", "MiniCluster"},    {"listKind", "MiniClusterList"},
                        {"plural", "miniclusters"}, {"singular", "minicluster"},
                        {"shortNames", {"mc"}},     {"categories", {"all"}}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata",
           {{"name", kCrdName}, {"labels", {{"app.kubernetes.io/name", "minicluster-operator"}}}}},
          {"spec",
           {{"group", kGroup},
            {"names", std::move(names)},
            {"scope", "Namespaced"},
            {"versions", {version("v1alpha2", kAlpha2, true), version("v1alpha1", kAlpha1, false)}},
            {"conversion", conversion(settings)}}}};
}

}  // namespace mc::api
