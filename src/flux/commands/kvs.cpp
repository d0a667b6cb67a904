// flux kvs: finds the subcommand.

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "flux/commands/commands.hpp"
#include "flux/commands/kvs_command.hpp"
#include "flux/commands/subcommands.hpp"

namespace mc::flux::commands {

namespace {

constexpr std::array kSubcommands{
    Subcommand{"namespace", kvsNamespaceMain, "Perform KVS namespace operations"},
    Subcommand{"get", kvsGetMain, "Get value stored under key"},
    Subcommand{"put", kvsPutMain, "Store value under key"},
    Subcommand{"dir", kvsDirMain, "Display all keys under directory"},
    Subcommand{"ls", kvsLsMain, "List directory"},
    Subcommand{"unlink", kvsUnlinkMain, "Remove key"},
    Subcommand{"link", kvsLinkMain, "Create a new name for target"},
    Subcommand{"readlink", kvsReadlinkMain, "Retrieve the key a link refers to"},
    Subcommand{"mkdir", kvsMkdirMain, "Create a directory"},
    Subcommand{"copy", kvsCopyMain, "Copy source key to destination key"},
    Subcommand{"move", kvsMoveMain, "Move source key to destination key"},
    Subcommand{"dropcache", kvsDropcacheMain, "Tell KVS to drop its cache"},
    Subcommand{"version", kvsVersionMain, "Display current KVS version"},
    Subcommand{"wait", kvsWaitMain, "Block until the KVS reaches version"},
    Subcommand{"getroot", kvsGetrootMain, "Get KVS root treeobj"},
    Subcommand{"eventlog", kvsEventlogMain, "Manipulate a KVS eventlog"},
};

}  // namespace

int kvsFail(std::string_view text) {
  return failAs("flux-kvs", text);
}

std::optional<Session> kvsSession() {
  auto session = Session::open();
  if (session) return std::move(*session);
  kvsFail(openFailure(session.error()));
  return std::nullopt;
}

std::optional<KvsPlace> kvsPlace(const Parsed& parsed) {
  KvsPlace place{kvsNamespace(parsed.value("namespace")), std::nullopt};
  if (const auto at = parsed.value("at")) {
    auto root = formats::parseJsonObject(*at);
    if (!root) {
      kvsFail("--at: " + root.error().message);
      return std::nullopt;
    }
    place.root = std::move(*root);
  }
  return place;
}

Grammar kvsGrammar(const char* program, const char* usage, const char* description,
                   std::span<const Option> options) {
  return {.style = Style::C,
          .program = program,
          .usage = usage,
          .description = description,
          .options = options};
}

int kvsCommitAndReport(Session& session, const Parsed& parsed, const std::string& ns,
                       json::array operations) {
  const auto answer = kvsCommit(session, ns, std::move(operations));
  if (!answer)
    return kvsFail("flux_kvs_commit: " + std::string(std::strerror(answer.error().errnum)));
  if (parsed.has("treeobj-root")) {
    const auto* ref = formats::findString(*answer, "rootref");
    print(formats::toJson(kvsObject("dirref", json::array{ref ? *ref : json::string()})) + "\n");
  } else if (parsed.has("sequence")) {
    print(std::to_string(formats::getInteger(*answer, "rootseq").value_or(0)) + "\n");
  }
  return 0;
}

size_t kvsWidth(const Parsed& parsed) {
  const auto number = [](const std::string& text) {
    return static_cast<size_t>(std::strtoul(text.c_str(), nullptr, 10));
  };
  if (const auto width = parsed.value("width")) return number(*width);
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0) return window.ws_col;
  const char* columns = std::getenv("COLUMNS");
  return columns != nullptr ? number(columns) : 80;
}

int kvsMain(const Args& args) {
  return runSubcommand("flux-kvs", kSubcommands, args);
}

}  // namespace mc::flux::commands
