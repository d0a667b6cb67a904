#pragma once
// Output formats by name: what `-o NAME`, `-o help` and `-o get-config=NAME` mean.
//
// A command brings some; users add theirs in configuration files, $XDG_CONFIG_DIRS/flux/TOOL.EXT
// and $XDG_CONFIG_HOME/flux/TOOL.EXT with EXT json, toml or yaml (flux-jobs(1), CONFIGURATION). The
// files are read only when a name is none of the command's own.
//
// Thread-safety: none; reads files and the environment.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.hpp"
#include "flux/commands/options.hpp"

namespace mc::flux::commands {

struct NamedFormat {
  const char* name;
  const char* description;
  const char* format;
};

/// The formats of one command.
struct FormatSource {
  const char* program;   ///< in texts: "flux-resource list"
  const char* tool;      ///< name of the configuration files: "flux-resource"
  const char* section;   ///< table that holds `formats`: "list"; empty: the top
  const char* variable;  ///< of the environment, with the default format
  std::span<const NamedFormat> known;
};

/// What --format asks for: a format, or an answer to be printed instead of anything else.
struct FormatChoice {
  std::string format;
  std::optional<std::string> answer;
};

/// Looks at the option "format". EINVAL: "--format: No such format NAME (Did you mean '{NAME}'?)";
/// errors of configuration files name file and place.
base::Result<FormatChoice> chooseFormat(const FormatSource& source, const Parsed& parsed);

/// The format of that name, or `text` itself if it has fields.
base::Result<std::string> findFormat(const FormatSource& source, const std::string& text);

}  // namespace mc::flux::commands
