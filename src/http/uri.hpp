#pragma once
// Parts of URIs (RFC 3986).
//
// Thread-safety: pure functions.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.hpp"

namespace mc::http {

/// Parameters behind "?", unescaped, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;

/// Percent-encoding for one segment of a path or one value of a query. Letters, digits and the
/// characters of `plain` stay.
std::string escaped(std::string_view text, std::string_view plain = "-._~");
/// The reverse; an incomplete escape stays as it is.
std::string unescaped(std::string_view text);

/// `path` with the query behind it, values escaped.
std::string withQuery(std::string path, const Query& query);

struct Target {
  std::string path;  ///< unescaped
  Query query;
  /// The first value of a parameter; empty if there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};
/// The path and query of a request. "+" in a query is a space.
Target parseTarget(std::string_view target);

struct Url {
  std::string scheme;  ///< lower case
  std::string host;    ///< IPv6 without brackets
  std::string port;    ///< empty: not given
  std::string path;    ///< with what follows it; without a final "/"
};
/// "https://host:6443/prefix"; a text without "://" has an empty scheme. EINVAL for no host or a
/// port that is none.
base::Result<Url> parseUrl(std::string_view text);

}  // namespace mc::http
