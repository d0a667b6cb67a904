#include "flux/broker/setup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/memory.hpp"
#include "flux/broker/bootstrap_pmi.hpp"
#include "flux/broker/config.hpp"
#include "flux/broker/parent_instance.hpp"
#include "flux/broker/uuid.hpp"
#include "flux/formats/duration.hpp"
#include "flux/version.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr ? value : "";
}

std::string systemHostname() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// The value of the command line, else that of the configuration, else the standard one.
base::Result<std::string> configured(Setup& setup, const char* name, std::string_view standard) {
  MC_TRY_ASSIGN(const std::string value, configString(setup.config, name, standard));
  return setup.attributes.settle(name, value);
}

/// A duration in seconds (FSD); "none" and -1 mean never, 0 stays 0.
base::Result<double> duration(Setup& setup, const char* name, std::string_view standard) {
  MC_TRY_ASSIGN(const std::string text, configured(setup, name, standard));
  if (text == "none") return -1.0;
  auto value = formats::parseDuration(text);
  if (!value) return base::pass(value.error().prefixed(name));
  setup.attributes.update(name, formats::formatDuration(*value));
  return std::isinf(*value) ? -1.0 : *value;
}

base::Result<std::chrono::milliseconds> milliseconds(Setup& setup, const char* name,
                                                     std::string_view standard) {
  MC_TRY_ASSIGN(const double seconds, duration(setup, name, standard));
  return std::chrono::milliseconds(seconds > 0 ? static_cast<int64_t>(seconds * 1000) : 0);
}

base::Result<std::string> topologyUri(Setup& setup) {
  std::string standard = "kary:32";
  if (const auto fanout = setup.attributes.get("tbon.fanout")) standard = "kary:" + *fanout;
  return configured(setup, "tbon.topo", standard);
}

/// As a task of a job of another instance, or of another launcher that speaks PMI.
base::Result<Boot> bootAsTask(Setup& setup, PmiClient& pmi, const std::string& hostname,
                              const std::string& topology) {
  PmiPlace place;
  place.hostname = hostname;
  place.rundir = setup.rundir.path();
  place.topology = topology;
  MC_TRY_ASSIGN(place.interfaceHint, configured(setup, "tbon.interface-hint", "default-route"));
  return bootPmi(pmi, place).prefixed("bootstrap");
}

base::Result<Boot> findPlace(Setup& setup, const BrokerOptions& options) {
  std::string hostname = variable("FLUX_FAKE_HOSTNAME");
  if (hostname.empty()) hostname = systemHostname();
  hostname = setup.attributes.settle("hostname", hostname);
  MC_TRY_ASSIGN(const std::string topology, topologyUri(setup));
  // Fake hosts and a configuration that names them: a test of bootstrap from the configuration.
  const bool fromConfig =
      !options.place ||
      (!options.place->hosts.empty() && findConfig(setup.config, "bootstrap.hosts") != nullptr);
  if (!fromConfig) return bootLocal(*options.place, setup.rundir.path(), hostname, topology);
  if (!options.place && findConfig(setup.config, "bootstrap") == nullptr) {
    MC_TRY_ASSIGN(auto pmi, PmiClient::fromEnvironment());
    if (pmi) return bootAsTask(setup, *pmi, hostname, topology);
  }
  return bootFromConfig(setup.config, hostname, topology);
}

base::Status openDirectory(Setup& setup, const char* name, const std::string& standard,
                           RunDirectory& directory) {
  const auto preset = setup.attributes.get(name);
  MC_TRY_ASSIGN(directory, RunDirectory::open(preset ? *preset : standard));
  setup.attributes.update(name, directory.path());
  setup.attributes.settle(name, directory.path());
  const std::string cleanup = std::string(name) + "-cleanup";
  if (const auto wanted = setup.attributes.get(cleanup)) directory.setCleanup(*wanted != "0");
  return {};
}

base::Status openRundir(Setup& setup) {
  MC_TRY(openDirectory(setup, "rundir", "", setup.rundir));
  // Guests must be able to reach the socket in it.
  if (setup.access.allowGuests && setup.rundir.isOwn() &&
      ::chmod(setup.rundir.path().c_str(), 0755) != 0)
    return base::failErrno(setup.rundir.path());
  return {};
}

base::Status settleSocket(Setup& setup) {
  constexpr std::string_view kScheme = "local://";
  const std::string uri = setup.attributes.settle(
      "local-uri", "local://" + setup.rundir.path() + "/local-" + std::to_string(setup.boot.rank));
  if (uri.compare(0, kScheme.size(), kScheme) != 0 || uri.size() == kScheme.size())
    return base::fail(EINVAL, "attribute local-uri: '" + uri + "' does not begin with local://");
  setup.socketPath = uri.substr(kScheme.size());
  return {};
}

base::Status settleOverlay(Setup& setup) {
  overlay::OverlayOptions& options = setup.overlay;
  options.rank = setup.rank();
  options.uuid = setup.uuid;
  options.bind = setup.boot.bind;
  options.parent = setup.boot.parent;
  options.secret = setup.boot.secret;
  options.listener = setup.boot.listener;
  MC_TRY_ASSIGN(options.connectTimeout, milliseconds(setup, "tbon.connect_timeout", "30s"));
  MC_TRY_ASSIGN(options.userTimeout, milliseconds(setup, "tbon.tcp_user_timeout", "20s"));
  const bool meetsOthers = options.bind || options.parent;
  if (setup.boot.curveCert && meetsOthers) {
    base::releaseCode();  // that of reading the configuration
    MC_TRY_ASSIGN(
        options.secret,
        overlay::Secret::fromCurveCert(*setup.boot.curveCert).prefixed("bootstrap.curve_cert"));
  }
  return {};
}

/// A number of brokers; "0" and "0-<size-1>" are how older Flux said 1 and all.
base::Result<uint32_t> parseQuorum(const std::string& text, uint32_t size) {
  if (text == "0") return 1U;
  if (text == "0-" + std::to_string(size - 1)) return size;
  uint32_t quorum = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quorum);
  if (error != std::errc() || end != text.data() + text.size() || quorum < 1 || quorum > size)
    return base::fail(EINVAL, "attribute broker.quorum: '" + text + "' is not between 1 and " +
                                  std::to_string(size));
  return quorum;
}

base::Status settleLife(Setup& setup) {
  const std::string quorum = setup.attributes.settle("broker.quorum", std::to_string(setup.size()));
  MC_TRY_ASSIGN(setup.life.quorum, parseQuorum(quorum, setup.size()));
  setup.attributes.update("broker.quorum", std::to_string(setup.life.quorum));
  setup.life.all = formats::Idset::range(0, setup.size() - 1);
  MC_TRY_ASSIGN(setup.life.quorumWarn, duration(setup, "broker.quorum-warn", "1m"));
  MC_TRY_ASSIGN(setup.life.shutdownWarn, duration(setup, "broker.shutdown-warn", "1m"));
  MC_TRY_ASSIGN(setup.life.shutdownTimeout, duration(setup, "broker.shutdown-timeout", "none"));
  MC_TRY_ASSIGN(setup.life.cleanupTimeout, duration(setup, "broker.cleanup-timeout", "none"));
  // The signals of a job go to all its tasks.
  setup.life.followsLeader = setup.boot.enclosing.has_value();
  setup.runsProgram = !setup.attributes.get("broker.rc2_none").has_value();
  return {};
}

base::Status stateFacts(Setup& setup, double now) {
  Attributes& attributes = setup.attributes;
  const overlay::Topology& tree = setup.boot.topology;
  const uint32_t rank = setup.rank();
  char start[64];
  std::snprintf(start, sizeof start, "%.2f", now);
  const std::pair<const char*, std::string> facts[] = {
      {"broker.mapping",
       setup.boot.mapping.empty() ? taskMapping(setup.boot.hosts) : setup.boot.mapping},
      {"broker.pid", std::to_string(::getpid())},
      {"broker.starttime", start},
      {"broker.uuid", setup.uuid},
      {"hostlist", setup.boot.hosts.str()},
      {"rank", std::to_string(rank)},
      {"security.owner", std::to_string(::geteuid())},
      {"size", std::to_string(setup.size())},
      {"tbon.descendants", std::to_string(tree.subtree(rank).size() - 1)},
      {"tbon.level", std::to_string(tree.level(rank))},
      {"tbon.maxlevel", std::to_string(tree.maxLevel())},
      {"version", kFluxVersion}};
  for (const auto& [name, value] : facts) MC_TRY(attributes.fix(name, value));
  attributes.settle("broker.boot-method", setup.boot.method);
  attributes.settle("broker.critical-ranks", tree.criticalRanks().str());
  attributes.settle("instance-level",
                    setup.boot.enclosing ? std::to_string(setup.boot.enclosing->level) : "0");
  if (setup.boot.parent) attributes.settle("tbon.parent-endpoint", setup.boot.parent->uri());
  return {};
}

/// What the enclosing instance, if any, tells by the environment.
void settleEnclosing(Setup& setup) {
  Attributes& attributes = setup.attributes;
  const std::pair<const char*, const char*> known[] = {
      {"parent-uri", "FLUX_URI"}, {"parent-kvs-namespace", "FLUX_KVS_NAMESPACE"}};
  for (const auto& [name, source] : known)
    if (const std::string value = variable(source); !value.empty()) attributes.settle(name, value);
  if (setup.boot.enclosing) attributes.settle("jobid", setup.boot.enclosing->jobId);
}

/// The resources of the job that this instance is. Without them the brokers look for themselves.
void readEnclosingResources(Setup& setup) {
  const auto uri = setup.attributes.get("parent-uri");
  if (setup.rank() != 0 || !setup.boot.enclosing || !uri) return;
  auto resources = enclosingResources(*uri, setup.boot.enclosing->jobId, setup.size());
  if (resources)
    setup.enclosingResources = std::move(*resources);
  else if (resources.error().errnum != ENOTSUP)
    std::fprintf(stderr, "flux-broker: resources of the enclosing job: %s\n",
                 resources.error().message.c_str());
}

}  // namespace

base::Result<std::pair<std::string, std::string>> parseAttribute(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == 0 || text.empty()) return base::fail(EINVAL, "'" + text + "' is not ATTR=VAL");
  if (equals == std::string::npos) return std::pair{text, std::string()};
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

base::Result<json::object> readConfig(const BrokerOptions& options) {
  json::object config;
  if (!options.configPath.empty()) {
    MC_TRY_ASSIGN(config, loadConfig(options.configPath));
  }
  for (const auto& value : options.configValues) {
    MC_TRY_ASSIGN(const json::object part, parseConfigValue(value));
    mergeConfig(config, part);
  }
  return config;
}

base::Result<AccessPolicy> readAccess(const json::object& config) {
  AccessPolicy policy;
  MC_TRY_ASSIGN(policy.allowGuests, configBool(config, "access.allow-guest-user", false));
  MC_TRY_ASSIGN(policy.allowRootOwner, configBool(config, "access.allow-root-owner", false));
  return policy;
}

base::Result<Setup> setUp(const BrokerOptions& options, double now) {
  Setup setup;
  for (const auto& [name, value] : options.attributes) setup.attributes.preset(name, value);
  MC_TRY_ASSIGN(setup.config, readConfig(options));
  if (!options.configPath.empty()) setup.attributes.settle("config.path", options.configPath);
  MC_TRY_ASSIGN(setup.access, readAccess(setup.config));
  MC_TRY(openRundir(setup));
  MC_TRY_ASSIGN(setup.boot, findPlace(setup, options));
  if (setup.rank() == 0) {
    const bool named = setup.attributes.isPreset("statedir");
    MC_TRY(openDirectory(setup, "statedir", setup.rundir.path() + "/state", setup.statedir));
    // What the user has named is there for the next life of the instance.
    if (named && !setup.attributes.get("statedir-cleanup")) setup.statedir.setCleanup(false);
  }
  setup.uuid = makeUuid();
  MC_TRY(settleSocket(setup));
  MC_TRY(settleOverlay(setup));
  MC_TRY(settleLife(setup));
  settleEnclosing(setup);
  readEnclosingResources(setup);
  MC_TRY(stateFacts(setup, now));
  return setup;
}

}  // namespace mc::flux::broker
