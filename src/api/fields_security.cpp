// The fields of security contexts: v1alpha1's own two, and Kubernetes' for v1alpha2.
// Source: Kubernetes API core/v1, SecurityContext and PodSecurityContext.

#include <array>

#include "api/draft.hpp"

namespace mc::api {
namespace {

constexpr Type kCapabilityItem = text(kCapability);
constexpr Type kGroupItem = integer(0, kMaxInt32);
constexpr Type kAnyItem = any();
constexpr std::array<std::string_view, 2> kOwnerPolicies = {"Always", "OnRootMismatch"};
constexpr std::array<std::string_view, 2> kGroupPolicies = {"Merge", "Strict"};

constexpr std::array<std::string_view, 2> kProcMounts = {"Default", "Unmasked"};
constexpr std::array<std::string_view, 3> kProfileTypes = {"RuntimeDefault", "Unconfined",
                                                           "Localhost"};

constexpr Support kProfiles = onlyThere("security profiles of containers", "leave it out");
constexpr Support kWindows = later("Windows containers: Flux runs on Linux", "leave it out");
constexpr Support kVolumeGroups =
    onlyThere("groups of a pod's volumes", "let commands.init set the directory's owner");

/// RuntimeDefault is what engines do anyway, so saying so is no wish for something that is to come.
constexpr Field kProfileFields[] = {
    {.name = "type",
     .type = oneOf(kProfileTypes),
     .byDefault = "RuntimeDefault",
     .support = kProfiles,
     .doc = "RuntimeDefault: the engine's own profile"},
    {.name = "localhostProfile",
     .type = text(),
     .support = kProfiles,
     .doc = "Profile of the node, for type Localhost"},
};
constexpr Table kProfileTable = {"spec.containers[].securityContext.seccompProfile",
                                 kProfileFields};

constexpr Field kCapabilitiesFields[] = {
    {.name = "add",
     .type = listOf(kCapabilityItem),
     .binding = bind<SecurityContext, &SecurityContext::addCapabilities>(),
     .shape = "begin each capability with `- `",
     .doc = "Capabilities that the container gets besides the usual ones"},
    {.name = "drop",
     .type = listOf(kCapabilityItem),
     .binding = bind<SecurityContext, &SecurityContext::dropCapabilities>(),
     .shape = "begin each capability with `- `",
     .doc = "Capabilities that are taken from the container"},
};
constexpr Table kCapabilitiesTable = {"spec.containers[].securityContext.capabilities",
                                      kCapabilitiesFields};

constexpr Field kSecurityFields[] = {
    {.name = "privileged",
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::privileged>(),
     .byDefault = "false",
     .doc = "The container may do what root of the host may do"},
    {.name = "addCapabilities",
     .versions = kAlpha1,
     .type = listOf(kCapabilityItem),
     .binding = bind<SecurityContext, &SecurityContext::addCapabilities>(),
     .shape = "begin each capability with `- `",
     .instead = "use capabilities.add",
     .doc = "Capabilities that the container gets besides the usual ones"},
    {.name = "capabilities",
     .versions = kAlpha2,
     .type = object(kCapabilitiesTable),
     .binding = same(),
     .instead = "use addCapabilities",
     .doc = "Capabilities added and dropped"},
    {.name = "runAsUser",
     .versions = kAlpha2,
     .type = integer(0, kMaxInt32),
     .binding = bind<SecurityContext, &SecurityContext::runAsUser>(),
     .instead = "use fluxUser",
     .doc = "User number that the container runs as"},
    {.name = "runAsGroup",
     .versions = kAlpha2,
     .type = integer(0, kMaxInt32),
     .binding = bind<SecurityContext, &SecurityContext::runAsGroup>(),
     .doc = "Group number that the container runs as"},
    {.name = "runAsNonRoot",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::runAsNonRoot>(),
     .doc = "Refuse to run the container as root"},
    {.name = "readOnlyRootFilesystem",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::readOnlyRootFilesystem>(),
     .doc = "The image's files can't be changed"},
    {.name = "allowPrivilegeEscalation",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::allowPrivilegeEscalation>(),
     .doc = "false: no program gets more rights than the one that started it"},
    {.name = "appArmorProfile",
     .versions = kAlpha2,
     .type = object(kProfileTable),
     .doc = "AppArmor profile"},
    {.name = "seccompProfile",
     .versions = kAlpha2,
     .type = object(kProfileTable),
     .doc = "Seccomp profile"},
    {.name = "seLinuxOptions",
     .versions = kAlpha2,
     .type = any(),
     .support = kProfiles,
     .doc = "SELinux label"},
    {.name = "procMount",
     .versions = kAlpha2,
     .type = oneOf(kProcMounts),
     .byDefault = "Default",
     .support = kProfiles,
     .doc = "How /proc is mounted"},
    {.name = "windowsOptions",
     .versions = kAlpha2,
     .type = any(),
     .support = kWindows,
     .doc = "Options of Windows containers"},
};

constexpr Field kPodSecurityFields[] = {
    {.name = "runAsUser",
     .type = integer(0, kMaxInt32),
     .binding = bind<SecurityContext, &SecurityContext::runAsUser>(),
     .doc = "User number of all containers that don't say otherwise"},
    {.name = "runAsGroup",
     .type = integer(0, kMaxInt32),
     .binding = bind<SecurityContext, &SecurityContext::runAsGroup>(),
     .doc = "Group number of all containers that don't say otherwise"},
    {.name = "runAsNonRoot",
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::runAsNonRoot>(),
     .doc = "Refuse to run containers as root"},
    {.name = "fsGroup",
     .type = integer(0, kMaxInt32),
     .support = kVolumeGroups,
     .doc = "Group that the pod's volumes belong to"},
    {.name = "fsGroupChangePolicy",
     .type = oneOf(kOwnerPolicies),
     .support = kVolumeGroups,
     .doc = "When the group of volumes is changed"},
    {.name = "supplementalGroups",
     .type = listOf(kGroupItem),
     .support = onlyThere("further groups of a pod's processes", "leave it out"),
     .doc = "Further groups of the pod's processes"},
    {.name = "supplementalGroupsPolicy",
     .type = oneOf(kGroupPolicies),
     .support = onlyThere("further groups of a pod's processes", "leave it out"),
     .doc = "Whether the image's groups count as well"},
    {.name = "sysctls",
     .type = listOf(kAnyItem),
     .support = onlyThere("kernel parameters of a pod", "leave it out"),
     .doc = "Kernel parameters of the pod"},
    {.name = "appArmorProfile", .type = object(kProfileTable), .doc = "AppArmor profile"},
    {.name = "seccompProfile", .type = object(kProfileTable), .doc = "Seccomp profile"},
    {.name = "seLinuxOptions", .type = any(), .support = kProfiles, .doc = "SELinux label"},
    {.name = "seLinuxChangePolicy",
     .type = text(),
     .support = kProfiles,
     .doc = "How volumes get the SELinux label"},
    {.name = "windowsOptions",
     .type = any(),
     .support = kWindows,
     .doc = "Options of Windows containers"},
};

}  // namespace

constinit const Table kSecurityTable = {"spec.containers[].securityContext", kSecurityFields};
constinit const Table kPodSecurityTable = {"spec.pod.securityContext", kPodSecurityFields};

}  // namespace mc::api
