// The fields of each kind as a whole.

#include <array>

#include "core/fields.hpp"
#include "core/formats.hpp"

namespace mc::core {
namespace {

constexpr Type kLabelValueItem = text(api::kLabelValue);
constexpr Type kLabels = mapOf(api::kLabelKey, kLabelValueItem);
constexpr Type kAnnotations = mapOf(api::kLabelKey, kTextItem);
constexpr std::array<std::string_view, 4> kServiceTypes = {"ClusterIP", "NodePort", "LoadBalancer",
                                                           "ExternalName"};
constexpr std::array<std::string_view, 2> kStrategies = {"RollingUpdate", "Recreate"};

constexpr Field filled(std::string_view name) {
  return {.name = name, .type = api::any(), .doc = kServerFills};
}

constexpr Field kMetadataRows[] = {
    {.name = "name",
     .type = text(api::kDnsSubdomain),
     .binding = bind<Metadata, &Metadata::name>(),
     .required = true,
     .doc = "Name of the object"},
    {.name = "namespace",
     .type = text(api::kDnsLabel),
     .binding = bind<Metadata, &Metadata::ns>(),
     .doc = "Namespace, a room for names"},
    {.name = "labels",
     .type = kLabels,
     .binding = bind<Metadata, &Metadata::labels>(),
     .shape = "write `KEY: value` lines",
     .doc = "Labels of the object"},
    {.name = "annotations",
     .type = kAnnotations,
     .binding = bind<Metadata, &Metadata::annotations>(),
     .shape = "write `KEY: value` lines",
     .doc = "Annotations of the object"},
    {.name = "generateName",
     .type = text(),
     .support = onlyThere("names made by the server", "give metadata.name"),
     .doc = "Prefix of a name that the server makes"},
    filled("creationTimestamp"),
    filled("deletionGracePeriodSeconds"),
    filled("deletionTimestamp"),
    filled("finalizers"),
    filled("generation"),
    filled("managedFields"),
    filled("ownerReferences"),
    filled("resourceVersion"),
    filled("selfLink"),
    filled("uid"),
};

/// Of a pod template: it needs no name.
constexpr Field kTemplateMetadataRows[] = {
    {.name = "labels",
     .type = kLabels,
     .binding = bind<Metadata, &Metadata::labels>(),
     .shape = "write `KEY: value` lines",
     .doc = "Labels of the pods"},
    {.name = "annotations",
     .type = kAnnotations,
     .binding = bind<Metadata, &Metadata::annotations>(),
     .shape = "write `KEY: value` lines",
     .doc = "Annotations of the pods"},
    {.name = "name", .type = text(), .doc = "Pods are named after their Deployment"},
    {.name = "namespace", .type = text(), .doc = "Pods are in their Deployment's"},
    filled("creationTimestamp"),
};
constexpr Table kTemplateMetadataTable = {"spec.template.metadata", kTemplateMetadataRows};

constexpr Field kTypeRow = {.name = "apiVersion", .type = text(), .doc = "Version of the API"};
constexpr Field kKindRow = {.name = "kind", .type = text(), .doc = "Kind of the object"};
constexpr Field kMetadataRow = {.name = "metadata",
                                .type = object(kMetadataFields),
                                .binding = into<ObjectDraft, &ObjectDraft::metadata>(),
                                .required = true,
                                .doc = "Name, namespace, labels and annotations"};
constexpr Field kStatusRow = {
    .name = "status", .type = api::any(), .doc = "What was observed; ignored when read"};

// Pod

constexpr Field kPodRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    {.name = "spec",
     .type = object(kPodSpecFields),
     .binding = into<ObjectDraft, &ObjectDraft::pod>(),
     .required = true,
     .doc = "What is wanted"},
    kStatusRow,
};
constexpr Table kPodTable = {"Pod", kPodRows};

// Deployment

constexpr Field kSelectorRows[] = {
    {.name = "matchLabels",
     .type = kLabels,
     .binding = bind<SelectorDraft, &SelectorDraft::matchLabels>(),
     .shape = "write `KEY: value` lines",
     .doc = "Labels that the pods have"},
    {.name = "matchExpressions",
     .type = listOf(kAnyItem),
     .support = onlyThere("selectors with expressions", "use matchLabels"),
     .doc = "Conditions on labels"},
};
constexpr Table kSelectorTable = {"spec.selector", kSelectorRows};

constexpr Field kStrategyRows[] = {
    {.name = "type",
     .type = oneOf(kStrategies),
     .binding = bind<StrategyDraft, &StrategyDraft::type>(),
     .doc = "Recreate: the old pods end before the new ones begin"},
    {.name = "rollingUpdate",
     .type = api::any(),
     .support = onKubernetes("all new pods are started, then the old ones are removed"),
     .doc = "How many pods are changed at a time"},
};
constexpr Table kStrategyTable = {"spec.strategy", kStrategyRows};

constexpr Field kTemplateRows[] = {
    {.name = "metadata",
     .type = object(kTemplateMetadataTable),
     .binding = into<TemplateDraft, &TemplateDraft::metadata>(),
     .doc = "Labels and annotations of the pods"},
    {.name = "spec",
     .type = object(kPodSpecFields),
     .binding = into<TemplateDraft, &TemplateDraft::spec>(),
     .required = true,
     .doc = "The pods"},
};
constexpr Table kTemplateTable = {"spec.template", kTemplateRows};

constexpr Field kDeploymentSpecRows[] = {
    {.name = "replicas",
     .type = integer(0, 1000),
     .binding = bind<DeploymentDraft, &DeploymentDraft::replicas>(),
     .doc = "Number of pods; 1 unless given"},
    {.name = "selector",
     .type = object(kSelectorTable),
     .binding = into<DeploymentDraft, &DeploymentDraft::selector>(),
     .required = true,
     .doc = "Labels by which its pods are known"},
    {.name = "template",
     .type = object(kTemplateTable),
     .binding = into<DeploymentDraft, &DeploymentDraft::pods>(),
     .required = true,
     .doc = "What its pods are made from"},
    {.name = "strategy",
     .type = object(kStrategyTable),
     .binding = into<DeploymentDraft, &DeploymentDraft::strategy>(),
     .doc = "How pods are replaced when the template changes"},
    {.name = "minReadySeconds",
     .type = integer(0, kMaxInt32),
     .support = onKubernetes("a pod that is ready is available"),
     .doc = "How long a pod must be ready to be available"},
    {.name = "paused",
     .type = boolean(),
     .support = onlyThere("paused Deployments", "set replicas: 0"),
     .doc = "Changes have no effect for now"},
    {.name = "progressDeadlineSeconds",
     .type = integer(0, kMaxInt32),
     .support = onKubernetes("a pod that does not get ready says so at once"),
     .doc = "When progress is given up"},
    {.name = "revisionHistoryLimit",
     .type = integer(0, kMaxInt32),
     .support = onKubernetes("former versions are not kept"),
     .doc = "How many former versions are kept"},
};
constexpr Table kDeploymentSpecTable = {"spec", kDeploymentSpecRows};

constexpr Field kDeploymentRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    {.name = "spec",
     .type = object(kDeploymentSpecTable),
     .binding = into<ObjectDraft, &ObjectDraft::deployment>(),
     .required = true,
     .doc = "What is wanted"},
    kStatusRow,
};
constexpr Table kDeploymentTable = {"Deployment", kDeploymentRows};

// Service

constexpr Field kServicePortRows[] = {
    {.name = "name",
     .type = text(api::kDnsLabel),
     .binding = bind<ServicePort, &ServicePort::name>(),
     .doc = "Name of the port"},
    {.name = "port",
     .type = integer(1, 65535),
     .binding = bind<ServicePort, &ServicePort::port>(),
     .required = true,
     .doc = "Port of the Service"},
    {.name = "targetPort",
     .type = kPortRefType,
     .binding = bind<ServicePort, &ServicePort::target>(),
     .doc = "Number or name of the pods' port; the Service's own unless given"},
    {.name = "protocol",
     .type = oneOf(kProtocols),
     .binding = bind<ServicePort, &ServicePort::protocol>(),
     .doc = "TCP unless given"},
    {.name = "nodePort",
     .type = integer(0, 65535),
     .support = onKubernetes("ports are reached inside the namespace's network, and by "
                             "`minicluster port-forward`"),
     .doc = "Port of the machine"},
    {.name = "appProtocol", .type = text(), .doc = "What is spoken there"},
};
constexpr Table kServicePortTable = {"spec.ports[]", kServicePortRows};
constexpr Type kServicePortItem = object(kServicePortTable);

constexpr Field noted(std::string_view name, std::string_view why) {
  return {
      .name = name, .type = api::any(), .support = onKubernetes(why), .doc = "As on Kubernetes"};
}
constexpr std::string_view kOneNetwork = "a Service has one address in the namespace's network";

constexpr Field kServiceSpecRows[] = {
    {.name = "selector",
     .type = kLabels,
     .binding = bind<ServiceDraft, &Service::selector>(),
     .shape = "write `KEY: value` lines",
     .doc = "Labels of the pods behind it"},
    {.name = "ports",
     .type = listOf(kServicePortItem),
     .binding = into<ServiceDraft, &Service::ports>(),
     .shape = "begin each port with `- port: ...`",
     .doc = "Its ports"},
    {.name = "type",
     .type = oneOf(kServiceTypes),
     .binding = bind<ServiceDraft, &Service::type>(),
     .doc = "ClusterIP unless given"},
    {.name = "clusterIP",
     .type = text(),
     .binding = bind<ServiceDraft, &ServiceDraft::clusterIp>(),
     .doc = "None: headless"},
    {.name = "externalName",
     .type = text(),
     .support = onlyThere("names for hosts outside", "use hostAliases"),
     .doc = "Host that the Service stands for"},
    {.name = "publishNotReadyAddresses",
     .type = boolean(),
     .doc = "Pods count before they are ready"},
    noted("clusterIPs", kOneNetwork),
    noted("externalIPs", kOneNetwork),
    noted("externalTrafficPolicy", kOneNetwork),
    noted("healthCheckNodePort", kOneNetwork),
    noted("internalTrafficPolicy", kOneNetwork),
    noted("ipFamilies", kOneNetwork),
    noted("ipFamilyPolicy", kOneNetwork),
    noted("loadBalancerClass", kOneNetwork),
    noted("loadBalancerIP", kOneNetwork),
    noted("loadBalancerSourceRanges", kOneNetwork),
    noted("allocateLoadBalancerNodePorts", kOneNetwork),
    noted("trafficDistribution", kOneNetwork),
    noted("sessionAffinity", "connections go to the pods in turn"),
    noted("sessionAffinityConfig", "connections go to the pods in turn"),
};
constexpr Table kServiceSpecTable = {"spec", kServiceSpecRows};

constexpr Field kServiceRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    {.name = "spec",
     .type = object(kServiceSpecTable),
     .binding = into<ObjectDraft, &ObjectDraft::service>(),
     .required = true,
     .doc = "What is wanted"},
    kStatusRow,
};
constexpr Table kServiceTable = {"Service", kServiceRows};

// ConfigMap and Secret

constexpr Field values(std::string_view name, api::Binding binding, std::string_view doc) {
  return {.name = name,
          .type = mapOf(kDataKey, kTextItem),
          .binding = binding,
          .secret = true,
          .shape = "write `KEY: value` lines",
          .doc = doc};
}
constexpr Field kImmutableRow = {.name = "immutable",
                                 .type = boolean(),
                                 .binding = bind<ObjectDraft, &ObjectDraft::immutable>(),
                                 .doc = "The content can't be changed"};

constexpr Field kConfigMapRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    values("data", bind<ObjectDraft, &ObjectDraft::texts>(), "Keys and their text"),
    values("binaryData", bind<ObjectDraft, &ObjectDraft::base64>(), "Keys and bytes in base64"),
    kImmutableRow,
};
constexpr Table kConfigMapTable = {"ConfigMap", kConfigMapRows};

constexpr Field kSecretRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    values("data", bind<ObjectDraft, &ObjectDraft::base64>(), "Keys and bytes in base64"),
    values("stringData", bind<ObjectDraft, &ObjectDraft::texts>(), "Keys and their text"),
    {.name = "type",
     .type = text(),
     .binding = bind<ObjectDraft, &ObjectDraft::type>(),
     .doc = "What it is for; Opaque unless given"},
    kImmutableRow,
};
constexpr Table kSecretTable = {"Secret", kSecretRows};

// NetworkPolicy: kept, and told by a note. Its rules are checked no further than their names.

constexpr Field kPolicySpecRows[] = {
    {.name = "podSelector", .type = api::any(), .doc = "Pods that it is about"},
    {.name = "ingress", .type = listOf(kAnyItem), .doc = "Who may connect to them"},
    {.name = "egress", .type = listOf(kAnyItem), .doc = "Where they may connect to"},
    {.name = "policyTypes", .type = listOf(kTextItem), .doc = "Ingress, Egress"},
};
constexpr Table kPolicySpecTable = {"spec", kPolicySpecRows};

constexpr Field kPolicyRows[] = {
    kTypeRow,
    kKindRow,
    kMetadataRow,
    {.name = "spec",
     .type = object(kPolicySpecTable),
     .binding = same(),
     .required = true,
     .doc = "What is wanted"},
    kStatusRow,
};
constexpr Table kPolicyTable = {"NetworkPolicy", kPolicyRows};

}  // namespace

constinit const Table kMetadataFields = {"metadata", kMetadataRows};

const Table& tableOf(Kind kind) {
  switch (kind) {
    case Kind::Deployment:
      return kDeploymentTable;
    case Kind::Pod:
      return kPodTable;
    case Kind::Service:
      return kServiceTable;
    case Kind::ConfigMap:
      return kConfigMapTable;
    case Kind::Secret:
      return kSecretTable;
    case Kind::NetworkPolicy:
      break;
  }
  return kPolicyTable;
}

}  // namespace mc::core
