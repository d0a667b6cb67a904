// The fields of spec.flux.

#include <array>

#include "api/draft.hpp"

namespace mc::api {
namespace {

constexpr Type kTextItem = text();
constexpr std::array<std::string_view, 4> kPolicies = {"fcfs", "easy", "hybrid", "conservative"};

constexpr Support kView = later("Flux from a view image",
                                "leave it out: the image's own Flux is used, or the embedded one");
constexpr Support kScheduler =
    later("the choice of a scheduler", "leave it out: jobs run first come, first served");
constexpr Support kBursting = later("bursting to other clusters", "leave it out");
constexpr std::string_view kOwnFlux = "v1alpha1 takes the Flux of the container's image";

constexpr Field kSchedulerFields[] = {
    {.name = "queuePolicy",
     .type = oneOf(kPolicies),
     .binding = bind<FluxDraft, &Flux::queuePolicy>(),
     .byDefault = "fcfs",
     .support = kScheduler,
     .doc = "Order of the queue: fcfs, or easy, hybrid and conservative backfill"},
    {.name = "simple",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::simpleScheduler>(),
     .byDefault = "false",
     .support = kScheduler,
     .doc = "Use sched-simple in place of Fluxion"},
};
constexpr Table kSchedulerTable = {"spec.flux.scheduler", kSchedulerFields};

constexpr Field kLeadBrokerFields[] = {
    {.name = "address", .type = text(), .required = true, .doc = "Address of the lead broker"},
    {.name = "name", .type = text(), .required = true, .doc = "Name of its MiniCluster"},
    {.name = "size", .type = integer(1, kMaxInt32), .required = true, .doc = "Size of its cluster"},
    {.name = "port",
     .type = integer(1, 65535),
     .byDefault = "8050",
     .doc = "Port of the lead broker"},
};
constexpr Table kLeadBrokerTable = {"spec.flux.bursting.leadBroker", kLeadBrokerFields};

constexpr Field kBurstedFields[] = {
    {.name = "name", .type = text(), .doc = "Host names of the cluster"},
    {.name = "size", .type = integer(0, kMaxInt32), .doc = "Its size"},
};
constexpr Table kBurstedTable = {"spec.flux.bursting.clusters[]", kBurstedFields};
constexpr Type kBurstedItem = object(kBurstedTable);

constexpr Field kBurstingFields[] = {
    {.name = "leadBroker", .type = object(kLeadBrokerTable), .doc = "The broker to join"},
    {.name = "hostlist",
     .versions = kAlpha2,
     .type = text(),
     .doc = "All hosts of the instance, in place of the made list"},
    {.name = "clusters", .type = listOf(kBurstedItem), .doc = "Clusters that join this one"},
};
constexpr Table kBurstingTable = {"spec.flux.bursting", kBurstingFields};

constexpr Field kFluxFields[] = {
    {.name = "optionFlags",
     .type = text(),
     .binding = bind<FluxDraft, &Flux::optionFlags>(),
     .shape = "write the options as one line of text",
     .doc = "Options for `flux submit`; also in FLUX_OPTION_FLAGS"},
    {.name = "submitCommand",
     .type = text(),
     .binding = bind<FluxDraft, &Flux::submitCommand>(),
     .byDefault = "flux submit",
     .doc = "Command that submits the job"},
    {.name = "wrap",
     .type = text(),
     .binding = bind<FluxDraft, &Flux::wrap>(),
     .doc = "Words, separated by commas, that brokers are started with: flux start --wrap"},
    {.name = "connectTimeout",
     .type = text(kFluxDuration),
     .binding = bind<FluxDraft, &Flux::connectTimeout>(),
     .byDefault = "5s",
     .doc = "How long a broker tries one connection to its parent; empty: as Flux does"},
    {.name = "logLevel",
     .type = integer(0, 7),
     .binding = bind<FluxDraft, &Flux::logLevel>(),
     .byDefault = "6",
     .doc = "How much Flux logs, from 0 (emergencies) to 7 (debugging)"},
    {.name = "topology",
     .versions = kAlpha2,
     .type = text(kTopology),
     .binding = bind<FluxDraft, &Flux::topology>(),
     .doc = "Shape of the tree of brokers: tbon.topo"},
    {.name = "brokerConfig",
     .type = text(),
     .binding = bind<FluxDraft, &Flux::brokerConfig>(),
     .doc = "A whole broker.toml in place of the made one"},
    {.name = "curveCert",
     .type = text(kCurveCertificate),
     .binding = bind<FluxDraft, &Flux::curveCert>(),
     .secret = true,
     .doc = "CURVE certificate of the brokers; absent: one is made"},
    {.name = "curveCertSecret",
     .versions = kAlpha1,
     .type = text(kDnsSubdomain),
     .support = later("certificates from Secrets", "leave it out: a certificate is made"),
     .instead = "use curveCert, or leave it out: a certificate is made",
     .doc = "Secret that holds the CURVE certificate"},
    {.name = "environment",
     .versions = kAlpha2,
     .type = mapOf(kEnvironmentName, kTextItem),
     .binding = bind<FluxDraft, &Flux::environment>(),
     .secret = true,
     .shape = "write `NAME: value` lines",
     .instead = "use the container's environment",
     .doc = "Environment variables of Flux"},
    {.name = "completeWorkers",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::completeWorkers>(),
     .byDefault = "false",
     .doc = "A follower that fails is not started again"},
    {.name = "disableSocket",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::disableSocket>(),
     .byDefault = "false",
     .doc = "Leave the place of the broker's socket to Flux"},
    {.name = "noWaitSocket",
     .versions = kAlpha2,
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::noWaitSocket>(),
     .byDefault = "false",
     .doc = "Sidecars do not wait for Flux; here they never do, Flux waits for them"},
    {.name = "installRoot",
     .versions = kAlpha1,
     .type = text(kAbsolutePath),
     .binding = bind<FluxDraft, &Flux::installRoot>(),
     .byDefault = "/usr",
     .instead = "v1alpha2 finds Flux on the PATH",
     .doc = "Where Flux is installed in the image"},
    {.name = "container",
     .versions = kAlpha2,
     .type = object(kFluxContainerTable),
     .binding = same(),
     .instead = kOwnFlux,
     .doc = "Where Flux comes from"},
    {.name = "arch",
     .versions = kAlpha2,
     .type = text(),
     .support = nowhere("it chose a download that the Go operator no longer makes"),
     .doc = "Without effect"},
    {.name = "scheduler",
     .type = object(kSchedulerTable),
     .binding = same(),
     .doc = "Options of the scheduler"},
    {.name = "minimalService",
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::minimalService>(),
     .byDefault = "false",
     .support = later("a Service for the lead broker only", "leave it out"),
     .doc = "Give a name to the lead broker only"},
    {.name = "mungeSecret",
     .type = text(kDnsSubdomain),
     .support = later("MUNGE keys from Secrets", "leave it out: brokers share a CURVE certificate"),
     .doc = "Secret that holds a MUNGE key"},
    {.name = "bursting",
     .type = object(kBurstingTable),
     .support = kBursting,
     .doc = "Other clusters that join this one, or that this one joins"},
};

constexpr Field kFluxContainerFields[] = {
    {.name = "disable",
     .type = boolean(),
     .binding = bind<FluxDraft, &Flux::viewDisabled>(),
     .byDefault = "false",
     .doc = "Use the Flux of the container's image"},
    {.name = "mountPath",
     .type = text(kMountPath),
     .binding = bind<FluxDraft, &FluxDraft::mountPath>(),
     .byDefault = "/mnt/flux",
     .doc = "Directory of Flux's files; its socket is config/run/flux/local below it"},
    {.name = "image",
     .type = text(kImage),
     .binding = bind<FluxDraft, &Flux::viewImage>(),
     .support = kView,
     .doc = "Image that brings Flux into the container"},
    {.name = "name",
     .type = text(kDnsLabel),
     .byDefault = "flux-view",
     .support = kView,
     .doc = "Name of the container that brings Flux"},
    {.name = "workingDir", .type = text(), .support = kView, .doc = "Its working directory"},
    {.name = "pythonPath", .type = text(), .support = kView, .doc = "PYTHONPATH of its Flux"},
    {.name = "resources",
     .type = object(kResourcesTable),
     .support = kView,
     .doc = "Its resources"},
    {.name = "imagePullSecret",
     .type = text(kDnsSubdomain),
     .support = kView,
     .doc = "Secret with the credentials of its registry"},
    {.name = "pullAlways",
     .type = boolean(),
     .byDefault = "false",
     .support = kView,
     .doc = "Pull its image each time"},
    {.name = "securityContext",
     .type = object(kSecurityTable),
     .support = kView,
     .doc = "Its user, privileges and capabilities"},
};

}  // namespace

constinit const Table kFluxTable = {"spec.flux", kFluxFields};
constinit const Table kFluxContainerTable = {"spec.flux.container", kFluxContainerFields};

}  // namespace mc::api
