#include "http/uri.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace mc::http {

namespace {

std::optional<char> hexByte(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + 2 || text.size() != 2) return std::nullopt;
  return static_cast<char>(value);
}

std::string unescapedValue(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return unescaped(spaced);
}

bool isPort(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port <= 65535;
}

/// Splits "host:port", "[::1]:port" and "host".
void splitAuthority(std::string_view authority, Url& url) {
  const size_t colon = authority.rfind(':');
  const bool hasPort =
      colon != std::string_view::npos && authority.find(']', colon) == authority.npos;
  std::string_view host = authority.substr(0, hasPort ? colon : authority.size());
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  url.host = host;
  if (hasPort) url.port = authority.substr(colon + 1);
}

}  // namespace

std::string escaped(std::string_view text, std::string_view plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || plain.find(c) != plain.npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? hexByte(text.substr(i + 1, 2)) : std::nullopt;
    out += byte.value_or(text[i]);
    if (byte) i += 2;
  }
  return out;
}

std::string withQuery(std::string path, const Query& query) {
  char separator = '?';
  for (const auto& [name, value] : query) {
    path += separator + name + "=" + escaped(value);
    separator = '&';
  }
  return path;
}

std::string Target::parameter(std::string_view name) const {
  const auto found =
      std::find_if(query.begin(), query.end(), [&](const auto& one) { return one.first == name; });
  return found == query.end() ? std::string() : found->second;
}

Target parseTarget(std::string_view target) {
  const size_t mark = target.find('?');
  Target parsed{unescaped(target.substr(0, mark)), {}};
  std::string_view query = mark == target.npos ? std::string_view() : target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    const size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    if (!part.empty()) {
      parsed.query.emplace_back(unescapedValue(part.substr(0, equals)), unescapedValue(value));
    }
    query.remove_prefix(std::min(part.size() + 1, query.size()));
  }
  return parsed;
}

base::Result<Url> parseUrl(std::string_view text) {
  constexpr std::string_view kMark = "://";
  Url url;
  std::string_view rest = text;
  if (const size_t mark = text.find(kMark); mark != text.npos) {
    url.scheme = text.substr(0, mark);
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    rest.remove_prefix(mark + kMark.size());
  }
  const size_t slash = std::min(rest.find('/'), rest.size());
  splitAuthority(rest.substr(0, slash), url);
  url.path = rest.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (url.host.empty()) return base::fail(EINVAL, "no host in '" + std::string(text) + "'");
  if (!url.port.empty() && !isPort(url.port)) {
    return base::fail(EINVAL, "'" + url.port + "' is no port in '" + std::string(text) + "'");
  }
  return url;
}

}  // namespace mc::http
