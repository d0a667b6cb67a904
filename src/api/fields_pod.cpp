// The fields of spec.pod.

#include <array>

#include "api/draft.hpp"

namespace mc::api {
namespace {

constexpr Type kTextItem = text();
constexpr Type kLabelValueItem = text(kLabelValue);
constexpr Type kLabelValues = listOf(kLabelValueItem);
constexpr Type kQuantityItem = quantity();
constexpr Type kTolerationItem = object(kTolerationTable);
constexpr Type kLabels = mapOf(kLabelKey, kLabelValueItem);

constexpr std::array<std::string_view, 2> kRestartPolicies = {"OnFailure", "Never"};
constexpr std::array<std::string_view, 3> kDnsPolicies = {"ClusterFirst", "ClusterFirstWithHostNet",
                                                          "Default"};
constexpr std::array<std::string_view, 2> kOperators = {"Equal", "Exists"};
constexpr std::array<std::string_view, 3> kEffects = {"NoSchedule", "PreferNoSchedule",
                                                      "NoExecute"};

constexpr Support kOneNode = onKubernetes("there is one node only");

constexpr Field kTolerationFields[] = {
    {.name = "key",
     .type = text(kLabelKey),
     .binding = bind<Toleration, &Toleration::key>(),
     .doc = "Key of the taint; empty with Exists: all taints"},
    {.name = "operator",
     .type = oneOf(kOperators),
     .binding = bind<Toleration, &Toleration::op>(),
     .doc = "Equal: key and value must match. Exists: the key"},
    {.name = "value",
     .type = text(kLabelValue),
     .binding = bind<Toleration, &Toleration::value>(),
     .doc = "Value of the taint"},
    {.name = "effect",
     .type = oneOf(kEffects),
     .binding = bind<Toleration, &Toleration::effect>(),
     .doc = "Effect of the taint; empty: all"},
};

constexpr Field kPodFields[] = {
    {.name = "labels",
     .type = kLabels,
     .binding = bind<PodDraft, &Pod::labels>(),
     .shape = "write `KEY: value` lines",
     .doc = "Labels of every pod"},
    {.name = "annotations",
     .type = mapOf(kLabelKey, kTextItem),
     .binding = bind<PodDraft, &Pod::annotations>(),
     .shape = "write `KEY: value` lines",
     .doc = "Annotations of every pod"},
    {.name = "nodeSelector",
     .type = kLabels,
     .binding = bind<PodDraft, &Pod::nodeSelector>(),
     .support = kOneNode,
     .shape = "write `KEY: value` lines",
     .doc = "Labels that a pod's node must have"},
    {.name = "nodeAffinity",
     .versions = kAlpha2,
     .type = mapOf(kLabelKey, kLabelValues),
     .binding = bind<PodDraft, &Pod::nodeAffinity>(),
     .support = kOneNode,
     .shape = "write `KEY:` and below it a list of values",
     .instead = "use nodeSelector",
     .doc = "For each label, the values that a pod's node may have"},
    {.name = "tolerations",
     .versions = kAlpha2,
     .type = listOf(kTolerationItem),
     .binding = into<PodDraft, &Pod::tolerations>(),
     .support = kOneNode,
     .doc = "Taints of nodes that the pods tolerate"},
    {.name = "schedulerName",
     .versions = kAlpha2,
     .type = text(kDnsSubdomain),
     .binding = bind<PodDraft, &Pod::schedulerName>(),
     .support = kOneNode,
     .doc = "Scheduler of Kubernetes that places the pods"},
    {.name = "serviceAccountName",
     .type = text(kDnsSubdomain),
     .binding = bind<PodDraft, &Pod::serviceAccountName>(),
     .support = onKubernetes("there is no API server to talk to"),
     .doc = "Account that the pods talk to the API server with"},
    {.name = "automountServiceAccountToken",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<PodDraft, &Pod::automountServiceAccountToken>(),
     .support = onKubernetes("there is no API server to talk to"),
     .doc = "Put the account's token into the pods"},
    {.name = "restartPolicy",
     .versions = kAlpha2,
     .type = oneOf(kRestartPolicies),
     .binding = bind<PodDraft, &Pod::restartPolicy>(),
     .support = onKubernetes("nothing is started again, as with a backoffLimit of 0"),
     .doc = "Whether a failed container is started again in its pod, within backoffLimit"},
    {.name = "runtimeClassName",
     .versions = kAlpha2,
     .type = text(kDnsSubdomain),
     .binding = bind<PodDraft, &Pod::runtimeClassName>(),
     .support =
         onKubernetes("runtime classes are defined there; here the engine's runtime is used"),
     .doc = "Container runtime of the pods"},
    {.name = "dnsPolicy",
     .versions = kAlpha2,
     .type = oneOf(kDnsPolicies),
     .binding = bind<PodDraft, &Pod::dnsPolicy>(),
     .support = onKubernetes("the engine's DNS is used"),
     .doc = "Where the pods look names up"},
    {.name = "hostIPC",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<PodDraft, &Pod::hostIpc>(),
     .byDefault = "false",
     .doc = "The pods share the host's IPC namespace"},
    {.name = "hostPID",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<PodDraft, &Pod::hostPid>(),
     .byDefault = "false",
     .doc = "The pods share the host's process namespace"},
    {.name = "resources",
     .type = mapOf(kResourceName, kQuantityItem),
     .binding = bind<PodDraft, &Pod::resources>(),
     .support = onKubernetes("the overhead of a pod is only counted by its scheduler"),
     .shape = "write `cpu: ...` and `memory: ...` lines",
     .doc = "Overhead of each pod besides its containers"},
    {.name = "securityContext",
     .versions = kAlpha2,
     .type = object(kPodSecurityTable),
     .binding = intoAndRaw<PodDraft, &PodDraft::security, &Pod::securityContext>(),
     .instead = "use the container's securityContext and fluxUser",
     .doc = "User and groups of all containers"},
};

}  // namespace

constinit const Table kTolerationTable = {"spec.pod.tolerations[]", kTolerationFields};
constinit const Table kPodTable = {"spec.pod", kPodFields};

}  // namespace mc::api
