// flux getattr, setattr, lsattr: attributes of the broker.

#include <cstdio>
#include <cstring>

#include "flux/commands/commands.hpp"
#include "flux/commands/instance_uri.hpp"
#include "flux/commands/session.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

int failOpen(const base::Error& error) {
  return failAs("flux", openFailure(error));
}

}  // namespace

int getattrMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-getattr",
                        .usage = "flux getattr [OPTIONS] name",
                        .description = "Get broker attribute"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 1) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return failOpen(session.error());
  // Asked through a proxy from another host, the one around the instance is there, too.
  const auto value = parsed.rest[0] == "parent-uri"
                         ? ownAttribute(*session, "parent-uri")
                         : brokerAttribute(*session, parsed.rest[0].c_str());
  if (!value)
    return failAs("flux-getattr", parsed.rest[0] + ": " + std::strerror(value.error().errnum));
  print(*value + "\n");
  return 0;
}

int setattrMain(const Args& args) {
  const Grammar grammar{.style = Style::C,
                        .program = "flux-setattr",
                        .usage = "flux setattr [OPTIONS] name value",
                        .description = "Set broker attribute"};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  if (parsed.rest.size() != 2) return usageHelp(grammar);
  auto session = Session::open();
  if (!session) return failOpen(session.error());
  const auto answer =
      (*session)->call("attr.set", {{"name", parsed.rest[0]}, {"value", parsed.rest[1]}});
  if (!answer) return failAs("flux-setattr", parsed.rest[0] + ": " + answer.error().message);
  return 0;
}

int lsattrMain(const Args& args) {
  static constexpr Option kOptions[] = {
      {'v', "values", Takes::Nothing, "", "List values with attributes"}};
  const Grammar grammar{.style = Style::C,
                        .program = "flux-lsattr",
                        .usage = "flux lsattr [OPTIONS]",
                        .description = "List broker attributes",
                        .options = kOptions};
  const auto [parsed, exitStatus] = parseOptions(grammar, args);
  if (exitStatus) return *exitStatus;
  auto session = Session::open();
  if (!session) return failOpen(session.error());
  const auto answer = (*session)->call("attr.list");
  if (!answer) return failAs("flux-lsattr", answer.error().message);
  const auto* names = formats::findArray(*answer, "names");
  for (const json::value& element : names ? *names : json::array()) {
    const auto* name = element.if_string();
    if (name == nullptr) continue;
    if (!parsed.has("values")) {
      print(std::string(*name) + "\n");
      continue;
    }
    const auto value = brokerAttribute(*session, name->c_str());
    char line[64];
    std::snprintf(line, sizeof line, "%-39.*s ", static_cast<int>(name->size()), name->data());
    print(line + (value ? *value : std::string("-")) + "\n");
  }
  return 0;
}

}  // namespace mc::flux::commands
