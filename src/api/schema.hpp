#pragma once
// The CustomResourceDefinition of MiniClusters, made from the field tables that manifests are read
// with (api/fields.hpp): what `minicluster crd` prints.
//
// The schema takes everything that api::read() takes. What it can't say (rules that look at names,
// volumes, quantities) is left to the admission webhook, which calls api::read() itself.
//
// Source: apiextensions.k8s.io/v1, structural schemas, CEL validation rules, subresources.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "api/fields.hpp"

namespace mc::api {

inline constexpr std::string_view kGroup = "flux-framework.org";
inline constexpr std::string_view kCrdName = "miniclusters.flux-framework.org";

/// Where the API server finds the conversion webhook. Whom it trusts there (caBundle) the operator
/// puts in when it starts.
struct CrdSettings {
  std::string serviceNamespace = "minicluster-system";
  std::string serviceName = "minicluster-operator-webhook";
  std::string path = "/convert";
};

/// Both versions served, v1alpha2 stored.
boost::json::object customResourceDefinition(const CrdSettings& settings);

/// openAPIV3Schema of one version: kAlpha1 or kAlpha2.
boost::json::object openApiSchema(Versions version);

/// What the operator writes into a MiniCluster's status.
boost::json::object statusSchema();

/// A rule between fields in the Common Expression Language, with the words of api/rules.hpp.
struct CelRule {
  std::string_view rule;
  std::string_view message;
  std::string_view field = {};  ///< ".maxSize": where the message points, below the table's object
  Versions versions = kBoth;
};

/// The rules of one structure; empty for most.
std::span<const CelRule> celRulesOf(const Table& table);

}  // namespace mc::api
