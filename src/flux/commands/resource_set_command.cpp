// flux R: makes, shows and combines resource sets (RFC 20) by hand.

#include <unistd.h>

#include <algorithm>

#include "base/fd.hpp"
#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/formats/text.hpp"

namespace mc::flux::commands {

namespace {

constexpr const char* kProgram = "flux-R";

using formats::Idset;
using formats::NodeResources;
using formats::ResourceSet;

constexpr Option kEncodeOptions[] = {
    {'r', "ranks", Takes::Value, "IDS", "Assign ranks in idset IDS, default=0"},
    {'c', "cores", Takes::Value, "IDS", "Assign cores in idset IDS to each rank in R, default=0"},
    {'g', "gpus", Takes::Value, "IDS", "Assign gpus in idset IDS to each rank in R"},
    {'H', "hosts", Takes::Value, "HOSTS", "Assign hostlist HOSTS to ranks in R"},
    {'p', "property", Takes::Value, "NAME:RANKS", "Assign property NAME to target ranks RANKS"},
    {'l', "local", Takes::Nothing, "", "Generate R for the cores of this host"},
};
constexpr Option kDecodeOptions[] = {
    {'s', "short", Takes::Nothing, "", "Print short-form list of ranks in R"},
    {'n', "nodelist", Takes::Nothing, "", "Print nodelist from R, if available"},
    {'r', "ranks", Takes::Nothing, "", "Print idset of ranks in R, if available"},
    {'c', "count", Takes::Value, "TYPE", "Print count of resource TYPE in R (node, core, gpu)"},
    {'i', "include", Takes::Value, "RANKS", "Include only ranks in idset RANKS"},
    {'x', "exclude", Takes::Value, "RANKS", "Exclude all ranks in idset RANKS"},
    {'p', "properties", Takes::Value, "LIST",
     "Only include ranks that have all properties of LIST (^NAME: that do not have NAME)"},
};

base::Status addProperty(ResourceSet& set, const std::string& text) {
  const size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  if (name.empty()) return base::fail(EINVAL, "property without a name: " + text);
  Idset ranks = set.ranks();
  if (colon != std::string::npos) {
    MC_TRY_ASSIGN(ranks, Idset::parse(text.substr(colon + 1)).prefixed("property " + name));
    if (!set.ranks().containsAll(ranks))
      return base::fail(ENOENT,
                        "property " + name + ": ranks " + ranks.str() + " are not all in R");
  }
  set.properties[name].insert(ranks);
  return {};
}

base::Result<ResourceSet> encode(const Parsed& parsed) {
  ResourceSet set;
  NodeResources node;
  MC_TRY_ASSIGN(node.cores, Idset::parse(parsed.valueOr("cores", "0")).prefixed("--cores"));
  MC_TRY_ASSIGN(node.gpus, Idset::parse(parsed.valueOr("gpus", "")).prefixed("--gpus"));
  if (parsed.has("local"))
    node.cores = Idset::range(0, static_cast<uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN)) - 1);
  MC_TRY_ASSIGN(const formats::Hostlist hosts,
                formats::Hostlist::parse(parsed.valueOr("hosts", "")).prefixed("--hosts"));
  const std::string fallback =
      hosts.empty() ? "0" : Idset::range(0, static_cast<uint32_t>(hosts.size()) - 1).str();
  MC_TRY_ASSIGN(const Idset ranks,
                Idset::parse(parsed.valueOr("ranks", fallback)).prefixed("--ranks"));
  if (!hosts.empty() && hosts.size() != ranks.size())
    return base::fail(EINVAL, "--hosts names " + std::to_string(hosts.size()) + " hosts for " +
                                  std::to_string(ranks.size()) + " ranks");
  if (ranks.size() > ResourceSet::kMaxNodes)
    return base::fail(EOVERFLOW, "--ranks: too many ranks");
  size_t index = 0;
  for (const uint32_t rank : ranks) {
    if (!hosts.empty()) node.host = hosts.at(index++);
    set.nodes[rank] = node;
  }
  for (const std::string& text : parsed.values("property")) MC_TRY(addProperty(set, text));
  return set;
}

// ---- reading

// The end of the first JSON object of a text; npos if it is not whole.
size_t objectEnd(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// All the sets of standard input, one after the other.
base::Result<std::vector<ResourceSet>> readSets() {
  MC_TRY_ASSIGN(const std::string text, base::readAll(STDIN_FILENO, "standard input"));
  std::vector<ResourceSet> out;
  std::string_view rest = text;
  while (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    const size_t end = objectEnd(rest);
    MC_TRY_ASSIGN(ResourceSet set, ResourceSet::parse(rest.substr(0, end)));
    out.push_back(std::move(set));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end);
  }
  if (out.empty()) return base::fail(EINVAL, "no R on standard input");
  return out;
}

base::Result<ResourceSet> readSet() {
  MC_TRY_ASSIGN(std::vector<ResourceSet> sets, readSets());
  for (size_t i = 1; i < sets.size(); ++i) sets[0].add(sets[i]);
  return std::move(sets[0]);
}

base::Status keepWithProperties(const ResourceSet& set, const std::string& list, Idset& ranks) {
  for (const std::string& word : formats::splitList(list)) {
    const bool without = word.starts_with('^');
    const auto at = set.properties.find(without ? word.substr(1) : word);
    const Idset having = at == set.properties.end() ? Idset() : at->second;
    if (without)
      ranks.erase(having);
    else
      ranks = ranks.intersection(having);
  }
  return {};
}

base::Result<ResourceSet> readSelected(const Parsed& parsed) {
  MC_TRY_ASSIGN(const ResourceSet set, readSet());
  Idset keep = set.ranks();
  if (const auto ranks = parsed.value("include")) {
    MC_TRY_ASSIGN(const Idset wanted, Idset::parse(*ranks).prefixed("--include"));
    keep = keep.intersection(wanted);
  }
  if (const auto ranks = parsed.value("exclude")) {
    MC_TRY_ASSIGN(const Idset drop, Idset::parse(*ranks).prefixed("--exclude"));
    keep.erase(drop);
  }
  if (const auto list = parsed.value("properties")) MC_TRY(keepWithProperties(set, *list, keep));
  return set.slice(keep);
}

// ---- combining

ResourceSet intersection(const ResourceSet& a, const ResourceSet& b) {
  ResourceSet out = a;
  for (auto at = out.nodes.begin(); at != out.nodes.end();) {
    const auto other = b.nodes.find(at->first);
    const bool both = other != b.nodes.end();
    if (both) {
      at->second.cores = at->second.cores.intersection(other->second.cores);
      at->second.gpus = at->second.gpus.intersection(other->second.gpus);
    }
    const bool empty = !both || (at->second.cores.empty() && at->second.gpus.empty());
    at = empty ? out.nodes.erase(at) : std::next(at);
  }
  return out.slice(out.ranks());
}

Idset renumbered(const Idset& ids) {
  return ids.empty() ? Idset() : Idset::range(0, static_cast<uint32_t>(ids.size()) - 1);
}

// Ranks move as `to` says; properties move along.
ResourceSet moved(const ResourceSet& set, const std::map<uint32_t, uint32_t>& to) {
  ResourceSet out = set;
  out.nodes.clear();
  out.properties.clear();
  for (const auto& [rank, node] : set.nodes) out.nodes[to.at(rank)] = node;
  for (const auto& [name, ranks] : set.properties)
    for (const uint32_t rank : ranks)
      if (to.contains(rank)) out.properties[name].insert(to.at(rank));
  return out;
}

ResourceSet remapped(const ResourceSet& set) {
  std::map<uint32_t, uint32_t> to;
  for (const auto& [rank, node] : set.nodes) to[rank] = static_cast<uint32_t>(to.size());
  ResourceSet out = moved(set, to);
  for (auto& [rank, node] : out.nodes) {
    node.cores = renumbered(node.cores);
    node.gpus = renumbered(node.gpus);
  }
  return out;
}

// Each host gets the rank that is its place in `hosts`.
base::Result<ResourceSet> reranked(const ResourceSet& set, const formats::Hostlist& hosts) {
  std::map<uint32_t, uint32_t> to;
  Idset taken;
  for (const auto& [rank, node] : set.nodes) {
    uint32_t place = 0;
    for (; place < hosts.size(); ++place)
      if (!taken.contains(place) && hosts.at(place) == node.host) break;
    if (place == hosts.size())
      return base::fail(ENOENT, "host " + node.host + " not found in the new hostlist");
    taken.insert(place);
    to[rank] = place;
  }
  if (to.size() != hosts.size())
    return base::fail(EOVERFLOW, "the new hostlist has more hosts than R");
  return moved(set, to);
}

// ---- the subcommands

int printSet(const base::Result<ResourceSet>& set) {
  if (!set) return failAs(kProgram, set.error().message);
  print(formats::toJson(set->toJson()) + "\n");
  return 0;
}

int encodeMain(const Parsed& parsed) {
  return printSet(encode(parsed));
}

int decodeMain(const Parsed& parsed) {
  const auto set = readSelected(parsed);
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
    return printSet(set);
  }
  return 0;
}

int appendMain(const Parsed&) {
  return printSet(readSet());
}

base::Result<ResourceSet> folded(void (*fold)(ResourceSet&, const ResourceSet&)) {
  MC_TRY_ASSIGN(std::vector<ResourceSet> sets, readSets());
  for (size_t i = 1; i < sets.size(); ++i) fold(sets[0], sets[i]);
  return std::move(sets[0]);
}

int diffMain(const Parsed&) {
  return printSet(folded([](ResourceSet& a, const ResourceSet& b) { a.remove(b); }));
}

int intersectMain(const Parsed&) {
  return printSet(folded([](ResourceSet& a, const ResourceSet& b) { a = intersection(a, b); }));
}

int remapMain(const Parsed&) {
  const auto set = readSet();
  return set ? printSet(remapped(*set)) : printSet(set);
}

int rerankMain(const Parsed& parsed) {
  const auto hosts = formats::Hostlist::parse(parsed.rest[0]);
  if (!hosts) return failAs(kProgram, hosts.error().message);
  const auto set = readSet();
  return set ? printSet(reranked(*set, *hosts)) : printSet(set);
}

int setPropertyMain(const Parsed& parsed) {
  auto set = readSet();
  if (!set) return printSet(set);
  for (const std::string& text : parsed.rest)
    if (const auto added = addProperty(*set, text); !added)
      return failAs(kProgram, added.error().message);
  return printSet(set);
}

struct Subcommand {
  const char* name;
  const char* arguments;
  const char* help;
  std::span<const Option> options;
  size_t least;  ///< arguments that are needed
  size_t most;
  int (*run)(const Parsed& parsed);
};
constexpr Subcommand kSubcommands[] = {
    {"encode", "[OPTIONS]", "Encode simple R object on stdout", kEncodeOptions, 0, 0, encodeMain},
    {"append", "", "Append multiple R objects on stdin", {}, 0, 0, appendMain},
    {"diff", "", "Get the set difference of multiple R objects on stdin", {}, 0, 0, diffMain},
    {"intersect", "", "Get the set intersection of multiple R objects", {}, 0, 0, intersectMain},
    {"remap", "", "Remap resource ids in R to be zero-origin", {}, 0, 0, remapMain},
    {"rerank", "HOSTLIST", "Re-rank resources with a new hostlist", {}, 1, 1, rerankMain},
    {"decode", "[OPTIONS]", "Read R from stdin and transform it", kDecodeOptions, 0, 0, decodeMain},
    {"set-property",
     "NAME[:RANKS]...",
     "Set properties on R from stdin",
     {},
     1,
     SIZE_MAX,
     setPropertyMain},
};

int runSubcommand(const Subcommand& entry, const Args& args) {
  const std::string program = std::string(kProgram) + " " + entry.name;
  const std::string usage =
      std::string("flux R ") + entry.name + (*entry.arguments != '\0' ? " " : "") + entry.arguments;
  const Grammar grammar{.style = Style::C,
                        .program = program.c_str(),
                        .usage = usage.c_str(),
                        .description = entry.help,
                        .options = entry.options};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() < entry.least || parsed.rest.size() > entry.most)
    return usageHelp(grammar);
  return entry.run(parsed);
}

}  // namespace

int resourceSetMain(const Args& args) {
  if (!args.empty())
    for (const Subcommand& entry : kSubcommands)
      if (args[0] == entry.name) return runSubcommand(entry, {args.begin() + 1, args.end()});
  std::string usage =
      "Usage: flux-R [OPTIONS] COMMAND ARGS\n"
      "  -h, --help             Display this message.\n\n"
      "Common commands from flux-R:";
  for (const Subcommand& entry : kSubcommands) {
    std::string name = entry.name;
    name.resize(15, ' ');
    usage += "\n   " + name + " " + entry.help;
  }
  complain(usage);
  return !args.empty() && (args[0] == "-h" || args[0] == "--help") ? 0 : 1;
}

}  // namespace mc::flux::commands
