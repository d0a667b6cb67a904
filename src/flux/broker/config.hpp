#pragma once
// The configuration of an instance: TOML files, read as JSON (flux-config(5)).
//
// Thread-safety: pure functions.

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/status.hpp"

namespace mc::flux::broker {

/// Reads a file (*.toml, or *.json) or all *.toml files of a directory in order of name; a table
/// that several files have is merged. Errors name file, line and column.
base::Result<boost::json::object> loadConfig(const std::string& path);

/// What `--conf` takes: a file of either kind, a JSON object, or TOML ("tbon.topo=\"kary:2\"").
base::Result<boost::json::object> parseConfigValue(const std::string& value);

/// `name` stands for the text in errors.
base::Result<boost::json::object> parseToml(std::string_view text, const std::string& name);

/// Puts `from` over `into`: tables are merged, everything else is replaced.
void mergeConfig(boost::json::object& into, const boost::json::object& from);

/// The value at a path like "tbon.topo"; null if there is none.
const boost::json::value* findConfig(const boost::json::object& config, std::string_view path);

/// A string at a path, `standard` if there is none; EINVAL if it is something else.
base::Result<std::string> configString(const boost::json::object& config, std::string_view path,
                                       std::string_view standard);
/// The same for booleans.
base::Result<bool> configBool(const boost::json::object& config, std::string_view path,
                              bool standard);

}  // namespace mc::flux::broker
