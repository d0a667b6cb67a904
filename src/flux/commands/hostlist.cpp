// flux hostlist: combines and shows lists of hosts.

#include <cstdlib>

#include "flux/commands/commands.hpp"
#include "flux/commands/session.hpp"
#include "flux/formats/hostlist.hpp"

namespace mc::flux::commands {

namespace {

constexpr Option kHostlistOptions[] = {
    {'e', "expand", Takes::Nothing, "", "Expand hostlist result using defined output delimiter"},
    {'d', "delimiter", Takes::Value, "S",
     "Set output delimiter for expanded hostlist (default=\" \")"},
    {'c', "count", Takes::Nothing, "", "Print the total number of hosts"},
    {'n', "nth", Takes::Value, "N", "Output host at index N (-N to index from end)"},
    {'u', "unique", Takes::Nothing, "", "Remove duplicates and sort"},
    {'S', "sort", Takes::Nothing, "", "Return sorted hostlist"},
    {'q', "quiet", Takes::Nothing, "",
     "No output. Exit with nonzero exit status if hostlist is empty"},
};

// Where hosts come from: "local", "avail", or a list.
base::Result<formats::Hostlist> hostsOf(const std::string& source) {
  if (source != "instance" && source != "local" && source != "avail")
    return formats::Hostlist::parse(source);
  MC_TRY_ASSIGN(Session session, Session::open());
  const char* name = source == "local" ? "hostname" : "hostlist";
  MC_TRY_ASSIGN(const auto answer, session->call("attr.get", {{"name", name}}));
  MC_TRY_ASSIGN(const auto value, formats::getString(answer, "value"));
  return formats::Hostlist::parse(value);
}

}  // namespace

int hostlistMain(const Args& args) {
  constexpr const char* kProgram = "flux-hostlist";
  const Grammar grammar{.program = kProgram,
                        .usage = "flux-hostlist [OPTIONS] [SOURCES]",
                        .description = "fetch, combine, and manipulate Flux hostlists",
                        .options = kHostlistOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  formats::Hostlist all;
  for (const std::string& source : parsed.rest.empty() ? Args{"instance"} : parsed.rest) {
    const auto hosts = hostsOf(source);
    if (!hosts) return failPython(kProgram, hosts.error().message);
    if (const auto added = all.append(*hosts); !added)
      return failPython(kProgram, added.error().message);
  }
  if (parsed.has("unique") || parsed.has("sort")) all = all.sortedUnique();
  if (parsed.has("quiet")) return all.empty() ? 1 : 0;
  if (const auto nth = parsed.value("nth")) {
    long index = std::strtol(nth->c_str(), nullptr, 10);
    if (index < 0) index += static_cast<long>(all.size());
    if (index < 0 || index >= static_cast<long>(all.size()))
      return failPython(kProgram, "Host index " + *nth + " is out of range");
    print(all.at(static_cast<size_t>(index)) + "\n");
  } else if (parsed.has("count")) {
    print(std::to_string(all.size()) + "\n");
  } else if (parsed.has("expand")) {
    std::string out;
    for (const std::string& host : all.hosts())
      out += (out.empty() ? "" : parsed.valueOr("delimiter", " ")) + host;
    print(out + "\n");
  } else {
    print(all.str() + "\n");
  }
  return 0;
}

}  // namespace mc::flux::commands
