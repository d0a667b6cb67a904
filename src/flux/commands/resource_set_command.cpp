// flux R encode, decode: resource sets by hand.

#include <unistd.h>

#include "base/fd.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-R";

constexpr Option kEncodeOptions[] = {
    {'r', "ranks", Takes::Value, "IDSET", "Assign ranks in IDSET, default 0"},
    {'c', "cores", Takes::Value, "IDSET", "Assign cores in IDSET to each rank in R, default 0"},
    {'g', "gpus", Takes::Value, "IDSET", "Assign gpus in IDSET to each rank in R"},
    {'H', "hosts", Takes::Value, "HOSTS", "Assign hostlist to ranks in R"},
    {'p', "property", Takes::Value, "NAME:RANKS", "Assign property NAME to target ranks RANKS"},
    {'l', "local", Takes::Nothing, "", "Use the cores of this host"},
};
constexpr Option kDecodeOptions[] = {
    {'s', "short", Takes::Nothing, "", "Print short-form list of ranks/cores"},
    {'n', "nodelist", Takes::Nothing, "", "Print nodelist from R, if available"},
    {'r', "ranks", Takes::Nothing, "", "Print ranks in R, if available"},
    {'c', "count", Takes::Value, "TYPE", "Print count of resource TYPE in R (node, core, gpu)"},
    {'i', "include", Takes::Value, "RANKS", "Include only specified ranks"},
    {'x', "exclude", Takes::Value, "RANKS", "Exclude specified ranks"},
};

base::Status addProperties(const Parsed& parsed, formats::ResourceSet& set) {
  for (const std::string& text : parsed.values("property")) {
    const size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    formats::Idset ranks = set.ranks();
    if (colon != std::string::npos) {
      MC_TRY_ASSIGN(ranks, formats::Idset::parse(text.substr(colon + 1)).prefixed("--property"));
    }
    set.properties[name].insert(ranks);
  }
  return {};
}

base::Result<formats::ResourceSet> encode(const Parsed& parsed) {
  formats::ResourceSet set;
  formats::NodeResources node;
  MC_TRY_ASSIGN(node.cores,
                formats::Idset::parse(parsed.valueOr("cores", "0")).prefixed("--cores"));
  MC_TRY_ASSIGN(node.gpus, formats::Idset::parse(parsed.valueOr("gpus", "")).prefixed("--gpus"));
  if (parsed.has("local"))
    node.cores =
        formats::Idset::range(0, static_cast<uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN)) - 1);
  MC_TRY_ASSIGN(const formats::Hostlist hosts,
                formats::Hostlist::parse(parsed.valueOr("hosts", "")).prefixed("--hosts"));
  const std::string fallback =
      hosts.empty() ? "0" : formats::Idset::range(0, static_cast<uint32_t>(hosts.size()) - 1).str();
  MC_TRY_ASSIGN(const formats::Idset ranks,
                formats::Idset::parse(parsed.valueOr("ranks", fallback)).prefixed("--ranks"));
  if (!hosts.empty() && hosts.size() != ranks.size())
    return base::fail(EINVAL, "--hosts names " + std::to_string(hosts.size()) + " hosts for " +
                                  std::to_string(ranks.size()) + " ranks");
  if (ranks.size() > formats::ResourceSet::kMaxNodes)
    return base::fail(EOVERFLOW, "--ranks: too many ranks");
  size_t index = 0;
  for (const uint32_t rank : ranks) {
    if (!hosts.empty()) node.host = hosts.at(index++);
    set.nodes[rank] = node;
  }
  MC_TRY(addProperties(parsed, set));
  return set;
}

int encodeMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-R encode",
                        .usage = "flux R encode [OPTIONS]",
                        .description = "Encode simple R object on stdout",
                        .options = kEncodeOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto set = encode(parsed);
  if (!set) return failAs(kProgram, set.error().message);
  print(formats::toJson(set->toJson()) + "\n");
  return 0;
}

base::Result<formats::ResourceSet> readSet(const Parsed& parsed) {
  MC_TRY_ASSIGN(const std::string text, base::readFile("/dev/stdin"));
  MC_TRY_ASSIGN(formats::ResourceSet set, formats::ResourceSet::parse(std::string_view(text)));
  formats::Idset keep = set.ranks();
  if (const auto ranks = parsed.value("include")) {
    MC_TRY_ASSIGN(keep, formats::Idset::parse(*ranks).prefixed("--include"));
  }
  if (const auto ranks = parsed.value("exclude")) {
    MC_TRY_ASSIGN(const formats::Idset drop, formats::Idset::parse(*ranks).prefixed("--exclude"));
    keep.erase(drop);
  }
  return set.slice(keep);
}

int decodeMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-R decode",
                        .usage = "flux R decode [OPTIONS]",
                        .description = "Read R from stdin and transform it",
                        .options = kDecodeOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  const auto set = readSet(parsed);
  if (!set) return failAs(kProgram, set.error().message);
  if (const auto type = parsed.value("count")) {
    if (*type != "node" && *type != "core" && *type != "gpu")
      return failAs(kProgram, "Invalid type '" + *type + "' for --count");
    const size_t count = *type == "node"   ? set->nodeCount()
                         : *type == "core" ? set->coreCount()
                                           : set->gpuCount();
    print(std::to_string(count) + "\n");
  } else if (parsed.has("short")) {
    print(set->summary() + "\n");
  } else if (parsed.has("nodelist")) {
    print(set->nodelist().str() + "\n");
  } else if (parsed.has("ranks")) {
    print(set->ranks().str() + "\n");
  } else {
    print(formats::toJson(set->toJson()) + "\n");
  }
  return 0;
}

}  // namespace

int resourceSetMain(const Args& args) {
  if (!args.empty()) {
    const Args rest(args.begin() + 1, args.end());
    if (args[0] == "encode") return encodeMain(rest);
    if (args[0] == "decode") return decodeMain(rest);
  }
  complain(
      "Usage: flux-R [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux-R:\n"
      "   encode          Encode simple R object on stdout\n"
      "   decode          Read R from stdin and transform it");
  return !args.empty() && (args[0] == "-h" || args[0] == "--help") ? 0 : 1;
}

}  // namespace mc::flux::commands
