// The fields of a container, its environment and its probes.

#include <array>

#include "core/fields.hpp"
#include "core/formats.hpp"

namespace mc::core {
namespace {

constexpr std::array<std::string_view, 3> kPullPolicies = {"Always", "IfNotPresent", "Never"};
constexpr std::array<std::string_view, 2> kSchemes = {"HTTP", "HTTPS"};
constexpr std::array<std::string_view, 1> kSidecarPolicies = {"Always"};
constexpr std::array<std::string_view, 2> kMessagePolicies = {"File", "FallbackToLogsOnError"};

constexpr api::Support kMessages = api::nowhere("the last words of a container are in its log");
constexpr api::Support kTerminal =
    api::onlyThere("a terminal of a container's own", "use `minicluster exec -it`");

// Environment

constexpr Field kKeyRefFields[] = {
    {.name = "name",
     .type = text(api::kDnsSubdomain),
     .binding = bind<KeyRef, &KeyRef::name>(),
     .required = true,
     .doc = "Name of the object"},
    {.name = "key",
     .type = text(),
     .binding = bind<KeyRef, &KeyRef::key>(),
     .required = true,
     .doc = "Key within it"},
    {.name = "optional",
     .type = boolean(),
     .binding = bind<KeyRef, &KeyRef::optional>(),
     .doc = "Whether it may be absent"},
};
constexpr Table kKeyRefTable = {"env[].valueFrom.secretKeyRef", kKeyRefFields};

constexpr Field kFieldRefFields[] = {
    {.name = "apiVersion", .type = text(), .doc = "Version of the field's path"},
    {.name = "fieldPath",
     .type = text(kFieldPath),
     .binding = bind<FieldRefDraft, &FieldRefDraft::path>(),
     .required = true,
     .doc = "Field of the pod"},
};
constexpr Table kFieldRefTable = {"env[].valueFrom.fieldRef", kFieldRefFields};

constexpr Field kValueFromFields[] = {
    {.name = "secretKeyRef",
     .type = object(kKeyRefTable),
     .binding = intoGiven<VariableDraft, &VariableDraft::secretDraft>(),
     .doc = "A key of a Secret"},
    {.name = "configMapKeyRef",
     .type = object(kKeyRefTable),
     .binding = intoGiven<VariableDraft, &VariableDraft::configMapDraft>(),
     .doc = "A key of a ConfigMap"},
    {.name = "fieldRef",
     .type = object(kFieldRefTable),
     .binding = intoGiven<VariableDraft, &VariableDraft::field>(),
     .doc = "A field of the pod"},
    {.name = "resourceFieldRef",
     .type = api::any(),
     .support = api::onlyThere("resources in variables", "write the number"),
     .doc = "A limit or request of the container"},
};
constexpr Table kValueFromTable = {"env[].valueFrom", kValueFromFields};

constexpr Field kVariableFields[] = {
    {.name = "name",
     .type = text(api::kEnvironmentName),
     .binding = bind<VariableDraft, &Variable::name>(),
     .required = true,
     .doc = "Name of the variable"},
    {.name = "value",
     .type = text(),
     .binding = bind<VariableDraft, &Variable::value>(),
     .secret = true,
     .doc = "Its value"},
    {.name = "valueFrom",
     .type = object(kValueFromTable),
     .binding = same(),
     .doc = "Where its value comes from"},
};
constexpr Table kVariableTable = {"spec.containers[].env[]", kVariableFields};
constexpr Type kVariableItem = object(kVariableTable);

constexpr Field kNamedRefFields[] = {
    {.name = "name",
     .type = text(api::kDnsSubdomain),
     .binding = bind<NamedRef, &NamedRef::name>(),
     .required = true,
     .doc = "Name of the object"},
    {.name = "optional",
     .type = boolean(),
     .binding = bind<NamedRef, &NamedRef::optional>(),
     .doc = "Whether it may be absent"},
};
constexpr Table kNamedRefTable = {"envFrom[].configMapRef", kNamedRefFields};

constexpr Field kVariablesFromFields[] = {
    {.name = "prefix",
     .type = text(),
     .binding = bind<VariablesFromDraft, &VariablesFromDraft::prefix>(),
     .doc = "Put before every name"},
    {.name = "configMapRef",
     .type = object(kNamedRefTable),
     .binding = intoGiven<VariablesFromDraft, &VariablesFromDraft::configMap>(),
     .doc = "A ConfigMap"},
    {.name = "secretRef",
     .type = object(kNamedRefTable),
     .binding = intoGiven<VariablesFromDraft, &VariablesFromDraft::secret>(),
     .doc = "A Secret"},
};
constexpr Table kVariablesFromTable = {"spec.containers[].envFrom[]", kVariablesFromFields};
constexpr Type kVariablesFromItem = object(kVariablesFromTable);

// Ports and mounts

constexpr Field kPortFields[] = {
    {.name = "containerPort",
     .type = integer(1, 65535),
     .binding = bind<Port, &Port::number>(),
     .required = true,
     .doc = "Port that the container listens on"},
    {.name = "name",
     .type = text(kPortName),
     .binding = bind<Port, &Port::name>(),
     .doc = "Its name, for Services and probes"},
    {.name = "protocol",
     .type = oneOf(kProtocols),
     .binding = bind<Port, &Port::protocol>(),
     .doc = "TCP unless given"},
    {.name = "hostPort",
     .type = integer(0, 65535),
     .support = api::onlyThere("ports of the machine", "use `minicluster port-forward`"),
     .doc = "Port of the machine"},
    {.name = "hostIP",
     .type = text(),
     .support = api::onlyThere("ports of the machine", "use `minicluster port-forward`"),
     .doc = "Address of the machine"},
};
constexpr Table kPortTable = {"spec.containers[].ports[]", kPortFields};
constexpr Type kPortItem = object(kPortTable);

constexpr Field kMountFields[] = {
    {.name = "name",
     .type = text(api::kDnsLabel),
     .binding = bind<Mount, &Mount::volume>(),
     .required = true,
     .doc = "Name of a volume of the pod"},
    {.name = "mountPath",
     .type = text(api::kMountPath),
     .binding = bind<Mount, &Mount::path>(),
     .required = true,
     .doc = "Where it is in the container"},
    {.name = "subPath",
     .type = text(kRelativePath),
     .binding = bind<Mount, &Mount::subPath>(),
     .doc = "Path within the volume"},
    {.name = "readOnly",
     .type = boolean(),
     .binding = bind<Mount, &Mount::readOnly>(),
     .doc = "Nothing can be written there"},
    {.name = "recursiveReadOnly",
     .type = text(),
     .support = api::onKubernetes("mounts within mounts stay as they are"),
     .doc = "Whether mounts below are read-only too"},
    {.name = "mountPropagation",
     .type = text(),
     .support = api::onKubernetes("mounts are private here"),
     .doc = "How mounts spread"},
    {.name = "subPathExpr",
     .type = text(),
     .support = api::onlyThere("paths with variables", "write a subPath"),
     .doc = "subPath with variables"},
};
constexpr Table kMountTable = {"spec.containers[].volumeMounts[]", kMountFields};
constexpr Type kMountItem = object(kMountTable);

// Probes

constexpr Field kExecFields[] = {
    {.name = "command",
     .type = listOf(kTextItem),
     .binding = bind<ExecDraft, &ExecDraft::command>(),
     .shape = "begin each word with `- `",
     .doc = "Command in the container, in words"},
};
constexpr Table kExecTable = {"exec", kExecFields};

constexpr Field kHeaderFields[] = {
    {.name = "name",
     .type = text(),
     .binding = bind<Header, &Header::first>(),
     .required = true,
     .doc = "Name of the header"},
    {.name = "value",
     .type = text(),
     .binding = bind<Header, &Header::second>(),
     .required = true,
     .doc = "Its value"},
};
constexpr Table kHeaderTable = {"httpGet.httpHeaders[]", kHeaderFields};
constexpr Type kHeaderItem = object(kHeaderTable);

constexpr Field kHttpGetFields[] = {
    {.name = "port",
     .type = kPortRefType,
     .binding = bind<HttpGetDraft, &HttpGetDraft::port>(),
     .required = true,
     .doc = "Number or name of a port"},
    {.name = "path",
     .type = text(),
     .binding = bind<HttpGetDraft, &HttpGetDraft::path>(),
     .doc = "Path of the URL"},
    {.name = "host",
     .type = text(),
     .binding = bind<HttpGetDraft, &HttpGetDraft::host>(),
     .doc = "Host; the pod itself unless given"},
    {.name = "scheme",
     .type = oneOf(kSchemes),
     .binding = bind<HttpGetDraft, &HttpGetDraft::scheme>(),
     .doc = "HTTP or HTTPS; certificates are not checked"},
    {.name = "httpHeaders",
     .type = listOf(kHeaderItem),
     .binding = into<HttpGetDraft, &HttpGetDraft::headers>(),
     .doc = "Headers of the request"},
};
constexpr Table kHttpGetTable = {"httpGet", kHttpGetFields};

constexpr Field kTcpFields[] = {
    {.name = "port",
     .type = kPortRefType,
     .binding = bind<TcpDraft, &TcpDraft::port>(),
     .required = true,
     .doc = "Number or name of a port"},
    {.name = "host",
     .type = text(),
     .binding = bind<TcpDraft, &TcpDraft::host>(),
     .doc = "Host; the pod itself unless given"},
};
constexpr Table kTcpTable = {"tcpSocket", kTcpFields};

constexpr Field kProbeRows[] = {
    {.name = "exec",
     .type = object(kExecTable),
     .binding = intoGiven<ProbeDraft, &ProbeDraft::execDraft>(),
     .doc = "A command that must end with 0"},
    {.name = "httpGet",
     .type = object(kHttpGetTable),
     .binding = intoGiven<ProbeDraft, &ProbeDraft::http>(),
     .doc = "A request that must be answered with 200 to 399"},
    {.name = "tcpSocket",
     .type = object(kTcpTable),
     .binding = intoGiven<ProbeDraft, &ProbeDraft::tcp>(),
     .doc = "A port that must accept connections"},
    {.name = "grpc",
     .type = api::any(),
     .support = api::onlyThere("probes by gRPC", "use tcpSocket or exec"),
     .doc = "A gRPC health service"},
    {.name = "initialDelaySeconds",
     .type = integer(0, kMaxInt32),
     .binding = bind<ProbeDraft, &Probe::initialDelay>(),
     .doc = "Time before the first probe"},
    {.name = "periodSeconds",
     .type = integer(1, kMaxInt32),
     .binding = bind<ProbeDraft, &Probe::period>(),
     .doc = "Time between probes"},
    {.name = "timeoutSeconds",
     .type = integer(1, kMaxInt32),
     .binding = bind<ProbeDraft, &Probe::timeout>(),
     .doc = "Time that a probe may take"},
    {.name = "successThreshold",
     .type = integer(1, kMaxInt32),
     .binding = bind<ProbeDraft, &Probe::successThreshold>(),
     .doc = "Successes in a row that count"},
    {.name = "failureThreshold",
     .type = integer(1, kMaxInt32),
     .binding = bind<ProbeDraft, &Probe::failureThreshold>(),
     .doc = "Failures in a row that count"},
    {.name = "terminationGracePeriodSeconds",
     .type = integer(1, kMaxInt32),
     .support = api::onKubernetes("the pod's own period is used"),
     .doc = "Time to end after a failed probe"},
};

// Lifecycle

constexpr Field kHandlerFields[] = {
    {.name = "exec",
     .type = object(kExecTable),
     .binding = into<HandlerDraft, &HandlerDraft::exec>(),
     .doc = "A command in the container"},
    {.name = "httpGet",
     .type = api::any(),
     .support = api::onlyThere("hooks by HTTP", "use exec"),
     .doc = "A request"},
    {.name = "tcpSocket",
     .type = api::any(),
     .support = api::onlyThere("hooks by TCP", "use exec"),
     .doc = "A connection"},
    {.name = "sleep",
     .type = api::any(),
     .support = api::onlyThere("hooks that sleep", "use exec"),
     .doc = "A pause"},
};
constexpr Table kHandlerTable = {"spec.containers[].lifecycle.postStart", kHandlerFields};

constexpr Field kLifecycleFields[] = {
    {.name = "postStart",
     .type = object(kHandlerTable),
     .binding = into<LifecycleDraft, &LifecycleDraft::postStart>(),
     .doc = "Runs after the container's start"},
    {.name = "preStop",
     .type = object(kHandlerTable),
     .binding = into<LifecycleDraft, &LifecycleDraft::preStop>(),
     .doc = "Runs before the container is told to end"},
    {.name = "stopSignal",
     .type = text(),
     .support = api::onlyThere("another signal to end with", "set it in the image"),
     .doc = "Signal that asks it to end"},
};
constexpr Table kLifecycleTable = {"spec.containers[].lifecycle", kLifecycleFields};

// The container

constexpr Field kContainerRows[] = {
    {.name = "name",
     .type = text(api::kDnsLabel),
     .binding = bind<ContainerDraft, &Container::name>(),
     .required = true,
     .doc = "Name of the container"},
    {.name = "image",
     .type = text(api::kImage),
     .binding = bind<ContainerDraft, &Container::image>(),
     .required = true,
     .doc = "Its image"},
    {.name = "imagePullPolicy",
     .type = oneOf(kPullPolicies),
     .binding = bind<ContainerDraft, &Container::pullPolicy>(),
     .doc = "When the image is pulled; Always for :latest, else IfNotPresent"},
    {.name = "command",
     .type = listOf(kTextItem),
     .binding = bind<ContainerDraft, &Container::command>(),
     .shape = "begin each word with `- `",
     .doc = "In place of the image's entrypoint"},
    {.name = "args",
     .type = listOf(kTextItem),
     .binding = bind<ContainerDraft, &Container::args>(),
     .shape = "begin each word with `- `",
     .doc = "In place of the image's command"},
    {.name = "workingDir",
     .type = text(api::kAbsolutePath),
     .binding = bind<ContainerDraft, &Container::workingDir>(),
     .doc = "Directory that the command runs in"},
    {.name = "env",
     .type = listOf(kVariableItem),
     .binding = into<ContainerDraft, &ContainerDraft::env>(),
     .shape = "begin each variable with `- name: ...`",
     .doc = "Variables of the environment"},
    {.name = "envFrom",
     .type = listOf(kVariablesFromItem),
     .binding = into<ContainerDraft, &ContainerDraft::envFrom>(),
     .doc = "Objects whose keys become variables"},
    {.name = "ports",
     .type = listOf(kPortItem),
     .binding = into<ContainerDraft, &Container::ports>(),
     .shape = "begin each port with `- containerPort: ...`",
     .doc = "Ports that the container listens on"},
    {.name = "volumeMounts",
     .type = listOf(kMountItem),
     .binding = into<ContainerDraft, &Container::mounts>(),
     .shape = "begin each mount with `- name: ...`",
     .doc = "Volumes of the pod in this container"},
    {.name = "volumeDevices",
     .type = listOf(kAnyItem),
     .support = api::onlyThere("block devices", "leave it out"),
     .doc = "Block devices"},
    {.name = "resources",
     .type = object(api::kResourcesTable),
     .binding = into<ContainerDraft, &Container::resources>(),
     .doc = "Limits and requests"},
    {.name = "resizePolicy",
     .type = listOf(kAnyItem),
     .support = api::onKubernetes("limits are set when the container is made"),
     .doc = "What a change of limits does"},
    {.name = "securityContext",
     .type = object(kSecurityFields),
     .binding = into<ContainerDraft, &Container::security>(),
     .doc = "User, rights"},
    {.name = "readinessProbe",
     .type = object(kProbeFields),
     .binding = intoGiven<ContainerDraft, &ContainerDraft::readiness>(),
     .doc = "Whether the container is ready"},
    {.name = "livenessProbe",
     .type = object(kProbeFields),
     .binding = intoGiven<ContainerDraft, &ContainerDraft::liveness>(),
     .doc = "Whether the container is to be started again"},
    {.name = "startupProbe",
     .type = object(kProbeFields),
     .binding = intoGiven<ContainerDraft, &ContainerDraft::startup>(),
     .doc = "Whether the container has started"},
    {.name = "lifecycle",
     .type = object(kLifecycleTable),
     .binding = into<ContainerDraft, &ContainerDraft::lifecycle>(),
     .doc = "Hooks"},
    {.name = "restartPolicy",
     .type = oneOf(kSidecarPolicies),
     .binding = bind<ContainerDraft, &Container::restartPolicy>(),
     .doc = "Always: an init container that goes on beside the others"},
    {.name = "stdin", .type = boolean(), .support = kTerminal, .doc = "Keep stdin open"},
    {.name = "stdinOnce", .type = boolean(), .support = kTerminal, .doc = "Close stdin once"},
    {.name = "tty", .type = boolean(), .support = kTerminal, .doc = "A terminal"},
    {.name = "terminationMessagePath",
     .type = text(),
     .support = kMessages,
     .doc = "File of its last words"},
    {.name = "terminationMessagePolicy",
     .type = oneOf(kMessagePolicies),
     .support = kMessages,
     .doc = "Where its last words are"},
};

}  // namespace

constinit const Table kProbeFields = {"spec.containers[].readinessProbe", kProbeRows};
constinit const Table kContainerFields = {"spec.containers[]", kContainerRows};

}  // namespace mc::core
