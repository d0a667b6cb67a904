// The fields of a pod: its volumes, security, and what places it.

#include <array>

#include "core/fields.hpp"
#include "core/formats.hpp"

namespace mc::core {
namespace {

constexpr Type kCapabilityItem = text(api::kCapability);
constexpr std::array<std::string_view, 2> kMedia = {"", "Memory"};
constexpr std::array<std::string_view, 3> kRestartPolicies = {"Always", "OnFailure", "Never"};

// Volumes

constexpr Field kItemRows[] = {
    {.name = "key",
     .type = text(kDataKey),
     .binding = bind<ItemDraft, &ItemDraft::key>(),
     .required = true,
     .doc = "Key of the object"},
    {.name = "path",
     .type = text(kRelativePath),
     .binding = bind<ItemDraft, &ItemDraft::path>(),
     .required = true,
     .doc = "File in the volume"},
    {.name = "mode",
     .type = integer(0, 0777),
     .binding = bind<ItemDraft, &ItemDraft::mode>(),
     .doc = "Mode of the file"},
};
constexpr Table kItemTable = {"items[]", kItemRows};
constexpr Type kItem = object(kItemTable);

constexpr Field kItemsRow = {.name = "items",
                             .type = listOf(kItem),
                             .binding = into<FilesDraft, &FilesDraft::items>(),
                             .shape = "begin each item with `- key: ...`",
                             .doc = "Keys that become files; all unless given"};
constexpr Field kOptionalRow = {.name = "optional",
                                .type = boolean(),
                                .binding = bind<FilesDraft, &FilesDraft::optional>(),
                                .doc = "Whether object and keys may be absent"};
constexpr Field kModeRow = {.name = "defaultMode",
                            .type = integer(0, 0777),
                            .binding = bind<FilesDraft, &FilesDraft::defaultMode>(),
                            .doc = "Mode of the files; 0644 unless given"};

constexpr Field nameRow(std::string_view name, std::string_view doc) {
  return {.name = name,
          .type = text(api::kDnsSubdomain),
          .binding = bind<FilesDraft, &FilesDraft::name>(),
          .required = true,
          .doc = doc};
}

constexpr Field kConfigMapRows[] = {nameRow("name", "Name of the ConfigMap"), kItemsRow,
                                    kOptionalRow, kModeRow};
constexpr Table kConfigMapTable = {"spec.volumes[].configMap", kConfigMapRows};

constexpr Field kSecretRows[] = {nameRow("secretName", "Name of the Secret"), kItemsRow,
                                 kOptionalRow, kModeRow};
constexpr Table kSecretTable = {"spec.volumes[].secret", kSecretRows};

constexpr Field kNamedFilesRows[] = {nameRow("name", "Name of the ConfigMap or Secret"), kItemsRow,
                                     kOptionalRow};
constexpr Table kNamedFilesTable = {"projected.sources[].secret", kNamedFilesRows};

constexpr Field kSourceRows[] = {
    {.name = "configMap",
     .type = object(kNamedFilesTable),
     .binding = intoGiven<SourceDraft, &SourceDraft::configMap>(),
     .doc = "Files of a ConfigMap"},
    {.name = "secret",
     .type = object(kNamedFilesTable),
     .binding = intoGiven<SourceDraft, &SourceDraft::secret>(),
     .doc = "Files of a Secret"},
    {.name = "downwardAPI",
     .type = api::any(),
     .support = onlyThere("files of the pod's own fields", "use env with fieldRef"),
     .doc = "Fields of the pod"},
    {.name = "serviceAccountToken",
     .type = api::any(),
     .support = onlyThere("tokens of service accounts", "leave it out"),
     .doc = "Token for the API server"},
    {.name = "clusterTrustBundle",
     .type = api::any(),
     .support = onlyThere("trust bundles", "use a ConfigMap"),
     .doc = "Certificates of the cluster"},
};
constexpr Table kSourceTable = {"spec.volumes[].projected.sources[]", kSourceRows};
constexpr Type kSourceItem = object(kSourceTable);

constexpr Field kProjectedRows[] = {
    {.name = "sources",
     .type = listOf(kSourceItem),
     .binding = into<ProjectedDraft, &ProjectedDraft::sources>(),
     .doc = "Where the files come from"},
    {.name = "defaultMode",
     .type = integer(0, 0777),
     .binding = bind<ProjectedDraft, &ProjectedDraft::defaultMode>(),
     .doc = "Mode of the files; 0644 unless given"},
};
constexpr Table kProjectedTable = {"spec.volumes[].projected", kProjectedRows};

constexpr Field kEmptyDirRows[] = {
    {.name = "medium",
     .type = oneOf(kMedia),
     .binding = bind<EmptyDirDraft, &EmptyDirDraft::medium>(),
     .doc = "Memory: kept in memory"},
    {.name = "sizeLimit",
     .type = api::quantity(),
     .binding = bind<EmptyDirDraft, &EmptyDirDraft::sizeLimit>(),
     .doc = "The most it may hold; limits those in memory only"},
};
constexpr Table kEmptyDirTable = {"spec.volumes[].emptyDir", kEmptyDirRows};

constexpr Field kHostPathRows[] = {
    {.name = "path",
     .type = text(api::kAbsolutePath),
     .binding = bind<PathDraft, &PathDraft::path>(),
     .required = true,
     .doc = "Path on the machine"},
    {.name = "type",
     .type = text(),
     .support = onKubernetes("a directory that is missing is made"),
     .doc = "What must be there"},
};
constexpr Table kHostPathTable = {"spec.volumes[].hostPath", kHostPathRows};

constexpr Field kClaimRows[] = {
    {.name = "claimName",
     .type = text(api::kDnsSubdomain),
     .binding = bind<ClaimDraft, &ClaimDraft::name>(),
     .required = true,
     .doc = "Name of the claim, which is a Docker volume here"},
    {.name = "readOnly",
     .type = boolean(),
     .binding = bind<ClaimDraft, &ClaimDraft::readOnly>(),
     .doc = "Nothing can be written there"},
};
constexpr Table kClaimTable = {"spec.volumes[].persistentVolumeClaim", kClaimRows};

constexpr Field other(std::string_view name) {
  return {.name = name,
          .type = api::any(),
          .support = onlyThere("this kind of volume",
                               "use an emptyDir, a hostPath, or a claim, which is a Docker volume "
                               "here"),
          .doc = "A volume of another kind"};
}

constexpr Field kVolumeRows[] = {
    {.name = "name",
     .type = text(api::kDnsLabel),
     .binding = bind<VolumeDraft, &VolumeDraft::name>(),
     .required = true,
     .doc = "Name of the volume"},
    {.name = "emptyDir",
     .type = object(kEmptyDirTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::emptyDir>(),
     .shape = "write `emptyDir: {}`",
     .doc = "A directory that is empty at first and goes with the pod"},
    {.name = "hostPath",
     .type = object(kHostPathTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::hostPath>(),
     .doc = "A directory of the machine"},
    {.name = "configMap",
     .type = object(kConfigMapTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::configMap>(),
     .doc = "Files of a ConfigMap"},
    {.name = "secret",
     .type = object(kSecretTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::secret>(),
     .doc = "Files of a Secret"},
    {.name = "projected",
     .type = object(kProjectedTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::projected>(),
     .doc = "Files of several objects"},
    {.name = "persistentVolumeClaim",
     .type = object(kClaimTable),
     .binding = intoGiven<VolumeDraft, &VolumeDraft::claim>(),
     .doc = "A claim"},
    other("awsElasticBlockStore"),
    other("azureDisk"),
    other("azureFile"),
    other("cephfs"),
    other("cinder"),
    other("csi"),
    other("downwardAPI"),
    other("ephemeral"),
    other("fc"),
    other("flexVolume"),
    other("flocker"),
    other("gcePersistentDisk"),
    other("gitRepo"),
    other("glusterfs"),
    other("image"),
    other("iscsi"),
    other("nfs"),
    other("photonPersistentDisk"),
    other("portworxVolume"),
    other("quobyte"),
    other("rbd"),
    other("scaleIO"),
    other("storageos"),
    other("vsphereVolume"),
};
constexpr Type kVolumeItem = object(kVolumeFields);

// Security

constexpr Field kCapabilitiesRows[] = {
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
constexpr Table kCapabilitiesTable = {"securityContext.capabilities", kCapabilitiesRows};

constexpr api::Support kProfiles = onKubernetes("containers get the engine's own profile");

constexpr Field kRunAsUser = {.name = "runAsUser",
                              .type = integer(0, kMaxInt32),
                              .binding = bind<SecurityContext, &SecurityContext::runAsUser>(),
                              .doc = "User number that containers run as"};
constexpr Field kRunAsGroup = {.name = "runAsGroup",
                               .type = integer(0, kMaxInt32),
                               .binding = bind<SecurityContext, &SecurityContext::runAsGroup>(),
                               .doc = "Group number that containers run as"};
constexpr Field kRunAsNonRoot = {.name = "runAsNonRoot",
                                 .type = boolean(),
                                 .binding = bind<SecurityContext, &SecurityContext::runAsNonRoot>(),
                                 .doc = "Refuse to run as root"};
constexpr Field kSeccomp = {
    .name = "seccompProfile", .type = api::any(), .support = kProfiles, .doc = "Seccomp profile"};
constexpr Field kAppArmor = {
    .name = "appArmorProfile", .type = api::any(), .support = kProfiles, .doc = "AppArmor profile"};
constexpr Field kSeLinux = {
    .name = "seLinuxOptions", .type = api::any(), .support = kProfiles, .doc = "SELinux label"};
constexpr Field kWindows = {.name = "windowsOptions",
                            .type = api::any(),
                            .support = onlyThere("Windows containers", "leave it out"),
                            .doc = "Options of Windows containers"};

constexpr Field kSecurityRows[] = {
    kRunAsUser,
    kRunAsGroup,
    kRunAsNonRoot,
    kSeccomp,
    kAppArmor,
    kSeLinux,
    kWindows,
    {.name = "privileged",
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::privileged>(),
     .doc = "The container may do what root of the machine may do"},
    {.name = "capabilities",
     .type = object(kCapabilitiesTable),
     .binding = same(),
     .doc = "Capabilities added and dropped"},
    {.name = "readOnlyRootFilesystem",
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::readOnlyRootFilesystem>(),
     .doc = "The image's files can't be changed"},
    {.name = "allowPrivilegeEscalation",
     .type = boolean(),
     .binding = bind<SecurityContext, &SecurityContext::allowPrivilegeEscalation>(),
     .doc = "false: no program gets more rights than the one that started it"},
    {.name = "procMount", .type = text(), .support = kProfiles, .doc = "How /proc is mounted"},
};

constexpr Field kPodSecurityRows[] = {
    kRunAsUser,
    kRunAsGroup,
    kRunAsNonRoot,
    kSeccomp,
    kAppArmor,
    kSeLinux,
    kWindows,
    {.name = "fsGroup",
     .type = integer(0, kMaxInt32),
     .binding = bind<PodSecurityDraft, &PodSecurityDraft::fsGroup>(),
     .doc = "Group that the pod's volumes belong to"},
    {.name = "supplementalGroups",
     .type = listOf(kAnyItem),
     .support = onlyThere("further groups of a pod's processes", "leave it out"),
     .doc = "Further groups"},
    {.name = "supplementalGroupsPolicy",
     .type = text(),
     .support = onKubernetes("the image's groups count here"),
     .doc = "Whether the image's groups count"},
    {.name = "fsGroupChangePolicy",
     .type = text(),
     .support = onKubernetes("volumes are made with their group"),
     .doc = "When the group of volumes is changed"},
    {.name = "sysctls",
     .type = listOf(kAnyItem),
     .support = onlyThere("kernel parameters of a pod", "leave it out"),
     .doc = "Kernel parameters"},
    {.name = "seLinuxChangePolicy", .type = text(), .support = kProfiles, .doc = "SELinux label"},
};

// The pod

constexpr Field kHostAliasRows[] = {
    {.name = "ip",
     .type = text(kIpAddress),
     .binding = bind<HostAlias, &HostAlias::ip>(),
     .required = true,
     .doc = "Address"},
    {.name = "hostnames",
     .type = listOf(kTextItem),
     .binding = bind<HostAlias, &HostAlias::names>(),
     .doc = "Its names"},
};
constexpr Table kHostAliasTable = {"spec.hostAliases[]", kHostAliasRows};
constexpr Type kHostAliasItem = object(kHostAliasTable);
constexpr Type kContainerItem = object(kContainerFields);

constexpr Field placing(std::string_view name, Type type = api::any()) {
  return {.name = name,
          .type = type,
          .support = onKubernetes(kOneMachine),
          .doc = "Tells Kubernetes where and how to place pods"};
}
constexpr Field elsewhere(std::string_view name, std::string_view why) {
  return {
      .name = name, .type = api::any(), .support = onKubernetes(why), .doc = "As on Kubernetes"};
}

constexpr std::string_view kNoAccounts = "there is no API server to log in to";

constexpr Field kPodRows[] = {
    {.name = "containers",
     .type = listOf(kContainerItem),
     .binding = into<PodSpecDraft, &PodSpecDraft::drafts>(),
     .required = true,
     .shape = "begin each container with `- name: ...`",
     .doc = "Containers of the pod"},
    {.name = "initContainers",
     .type = listOf(kContainerItem),
     .binding = into<PodSpecDraft, &PodSpecDraft::initDrafts>(),
     .shape = "begin each container with `- name: ...`",
     .doc = "Containers that run one after the other before the others"},
    {.name = "volumes",
     .type = listOf(kVolumeItem),
     .binding = into<PodSpecDraft, &PodSpecDraft::volumeDrafts>(),
     .shape = "begin each volume with `- name: ...`",
     .doc = "Volumes of the pod"},
    {.name = "restartPolicy",
     .type = oneOf(kRestartPolicies),
     .binding = bind<PodSpecDraft, &PodSpec::restartPolicy>(),
     .doc = "Whether containers that have ended are started again"},
    {.name = "hostname",
     .type = text(api::kDnsLabel),
     .binding = bind<PodSpecDraft, &PodSpec::hostname>(),
     .doc = "Host name; the pod's name unless given"},
    {.name = "subdomain",
     .type = text(api::kDnsLabel),
     .binding = bind<PodSpecDraft, &PodSpec::subdomain>(),
     .doc = "Headless Service that gives the pod its DNS name"},
    {.name = "hostAliases",
     .type = listOf(kHostAliasItem),
     .binding = into<PodSpecDraft, &PodSpec::hostAliases>(),
     .doc = "Lines of /etc/hosts"},
    {.name = "terminationGracePeriodSeconds",
     .type = integer(0, kMaxInt32),
     .binding = bind<PodSpecDraft, &PodSpec::graceSeconds>(),
     .doc = "Time between SIGTERM and SIGKILL"},
    {.name = "shareProcessNamespace",
     .type = boolean(),
     .binding = bind<PodSpecDraft, &PodSpec::shareProcessNamespace>(),
     .doc = "Containers see each other's processes"},
    {.name = "hostIPC",
     .type = boolean(),
     .binding = bind<PodSpecDraft, &PodSpec::hostIpc>(),
     .doc = "The machine's shared memory"},
    {.name = "hostPID",
     .type = boolean(),
     .binding = bind<PodSpecDraft, &PodSpec::hostPid>(),
     .doc = "The machine's processes"},
    {.name = "hostNetwork",
     .type = boolean(),
     .support = onlyThere("the machine's network in a pod", "leave it out"),
     .doc = "The machine's network"},
    {.name = "hostUsers",
     .type = boolean(),
     .support = onKubernetes("users are the machine's"),
     .doc = "The machine's users"},
    {.name = "securityContext",
     .type = object(kPodSecurityFields),
     .binding = into<PodSpecDraft, &PodSpecDraft::podSecurity>(),
     .doc = "User and groups of all containers"},
    {.name = "activeDeadlineSeconds",
     .type = integer(1, kMaxInt32),
     .support = onlyThere("deadlines of pods", "use `timeout` in the command"),
     .doc = "Time after which the pod is ended"},
    {.name = "dnsConfig",
     .type = api::any(),
     .support = onlyThere("DNS settings of a pod", "leave it out"),
     .doc = "DNS settings"},
    {.name = "resources",
     .type = api::any(),
     .support = onlyThere("limits of a whole pod", "limit its containers"),
     .doc = "Limits of the whole pod"},
    {.name = "setHostnameAsFQDN",
     .type = boolean(),
     .support = onlyThere("the full name as host name", "leave it out"),
     .doc = "The full name as host name"},
    {.name = "ephemeralContainers",
     .type = listOf(kAnyItem),
     .support = onlyThere("containers added later", "leave it out"),
     .doc = "Containers added later"},
    placing("affinity"),
    placing("nodeName", text()),
    placing("nodeSelector"),
    placing("overhead"),
    placing("preemptionPolicy", text()),
    placing("priority"),
    placing("priorityClassName", text()),
    placing("readinessGates"),
    placing("resourceClaims"),
    placing("runtimeClassName", text()),
    placing("schedulerName", text()),
    placing("schedulingGates"),
    placing("tolerations"),
    placing("topologySpreadConstraints"),
    elsewhere("automountServiceAccountToken", kNoAccounts),
    elsewhere("serviceAccount", kNoAccounts),
    elsewhere("serviceAccountName", kNoAccounts),
    elsewhere("dnsPolicy", "names are the Docker Engine's business"),
    elsewhere("enableServiceLinks", "Services have names, and no variables"),
    elsewhere("imagePullSecrets", "images are pulled with what `docker login` has stored"),
    elsewhere("os", "it is Linux"),
};

}  // namespace

constinit const Table kVolumeFields = {"spec.volumes[]", kVolumeRows};
constinit const Table kSecurityFields = {"spec.containers[].securityContext", kSecurityRows};
constinit const Table kPodSecurityFields = {"spec.securityContext", kPodSecurityRows};
constinit const Table kPodSpecFields = {"spec", kPodRows};

}  // namespace mc::core
