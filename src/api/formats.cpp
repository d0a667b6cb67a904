#include "api/formats.hpp"

#include <algorithm>
#include <array>

#include "api/quantity.hpp"
#include "base/curve_cert.hpp"

namespace mc::api {
namespace {

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return isLower(static_cast<char>(c | 0x20)) && (c & 0x80) == 0;
}
bool isLetterOrDigit(char c) {
  return isLetter(c) || isDigit(c);
}
bool isLowerOrDigit(char c) {
  return isLower(c) || isDigit(c);
}

bool allOf(std::string_view text, bool (*fits)(char)) {
  return std::all_of(text.begin(), text.end(), fits);
}

/// At most `longest` characters, each of them fitting, with letters or digits at both ends.
bool isWord(std::string_view text, size_t longest, bool (*inner)(char), bool (*ends)(char)) {
  return !text.empty() && text.size() <= longest && allOf(text, inner) && ends(text.front()) &&
         ends(text.back());
}

constexpr size_t kLongestLabel = 63;
constexpr size_t kLongestSubdomain = 253;

bool isDnsLabel(std::string_view text) {
  return isWord(
      text, kLongestLabel, [](char c) { return isLowerOrDigit(c) || c == '-'; }, isLowerOrDigit);
}

bool isServiceName(std::string_view text) {
  return isDnsLabel(text) && isLower(text.front());
}

/// Calls `fits` for each part between separators.
bool everyPart(std::string_view text, char separator, bool (*fits)(std::string_view)) {
  while (true) {
    const size_t end = text.find(separator);
    if (!fits(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool isDnsSubdomain(std::string_view text) {
  constexpr auto kPart = [](std::string_view part) {
    return isWord(
        part, kLongestSubdomain, [](char c) { return isLowerOrDigit(c) || c == '-'; },
        isLowerOrDigit);
  };
  return text.size() <= kLongestSubdomain && everyPart(text, '.', kPart);
}

bool isLabelName(std::string_view text) {
  return isWord(
      text, kLongestLabel,
      [](char c) { return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.'; },
      isLetterOrDigit);
}

bool isLabelKey(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return isLabelName(text);
  return isDnsSubdomain(text.substr(0, slash)) && isLabelName(text.substr(slash + 1));
}

bool isLabelValue(std::string_view text) {
  return text.empty() || isLabelName(text);
}

bool isEnvironmentName(std::string_view text) {
  constexpr auto kFits = [](char c) {
    return isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  };
  return !text.empty() && !isDigit(text.front()) && allOf(text, kFits);
}

bool isAbsolutePath(std::string_view text) {
  return text.starts_with('/');
}

bool isMountPath(std::string_view text) {
  return isAbsolutePath(text) && text.find_first_not_of('/') != std::string_view::npos &&
         text.find(':') == std::string_view::npos;
}

bool isQuantity(std::string_view text) {
  const auto quantity = Quantity::parse(text);
  return quantity && !quantity->negative();
}

bool isResourceName(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return isLabelKey(text);
  if (text.starts_with("hugepages-")) return isQuantity(text.substr(text.find('-') + 1));
  return text == "cpu" || text == "memory" || text == "ephemeral-storage";
}

bool isFluxDuration(std::string_view text) {
  if (text.empty()) return true;
  constexpr std::array<std::string_view, 5> kUnits = {"ms", "s", "m", "h", "d"};
  for (const auto unit : kUnits) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    break;
  }
  const size_t point = text.find('.');
  const auto fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
  return !text.substr(0, point).empty() && allOf(text.substr(0, point), isDigit) &&
         !fraction.empty() && allOf(fraction, isDigit);
}

bool isTopology(std::string_view text) {
  const size_t colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const bool bare = colon == std::string_view::npos;
  if (kind == "custom") return true;
  if (kind == "binomial") return bare;
  if (kind == "mincrit" && bare) return true;
  if (bare || (kind != "kary" && kind != "mincrit")) return false;
  const auto number = text.substr(colon + 1);
  return !number.empty() && number.size() <= 9 && allOf(number, isDigit);
}

bool isImage(std::string_view text) {
  constexpr auto kFits = [](char c) {
    return isLetterOrDigit(c) || std::string_view("._-/:@").find(c) != std::string_view::npos;
  };
  return !text.empty() && allOf(text, kFits) && isLetterOrDigit(text.front()) &&
         isLetterOrDigit(text.back()) && text.find("//") == std::string_view::npos;
}

bool isUserName(std::string_view text) {
  constexpr size_t kLongest = 32;
  constexpr auto kFits = [](char c) { return isLowerOrDigit(c) || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kLongest && allOf(text, kFits) && !isDigit(text.front()) &&
         text.front() != '-';
}

bool isPassword(std::string_view text) {
  constexpr size_t kLongest = 8;
  constexpr auto kFits = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != ':'; };
  return text.size() <= kLongest && allOf(text, kFits);
}

bool isCurveCertificate(std::string_view text) {
  return text.empty() || base::parseCurveCert(text).has_value();
}

/// capabilities(7), as of Linux 6.1.
constexpr std::array<std::string_view, 42> kCapabilities = {
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
};

bool isCapability(std::string_view text) {
  if (text.starts_with("CAP_")) text.remove_prefix(4);
  return std::find(kCapabilities.begin(), kCapabilities.end(), text) != kCapabilities.end();
}

bool isText(std::string_view) {
  return true;
}

}  // namespace

const Format kDnsLabel = {
    isDnsLabel,
    "must be at most 63 lower-case letters, digits and -, with a letter or digit at both ends", "",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63};

const Format kServiceName = {isServiceName,
                             "must be at most 63 lower-case letters, digits and -, beginning with "
                             "a letter, as the name of a "
                             "Service",
                             "", "^[a-z]([-a-z0-9]*[a-z0-9])?$", 63};

const Format kDnsSubdomain = {
    isDnsSubdomain, "must be at most 253 lower-case letters, digits, - and . (a DNS name)", "",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", 253};

const Format kLabelKey = {isLabelKey,
                          "the key must be [PREFIX/]NAME, the prefix a DNS name, the name at most "
                          "63 letters, digits, -, _ "
                          "and .",
                          "", "", 317};

const Format kLabelValue = {
    isLabelValue,
    "must be at most 63 letters, digits, -, _ and ., with a letter or digit at both ends", "",
    "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", 63};

const Format kEnvironmentName = {
    isEnvironmentName,
    "the name of a variable is made of letters, digits, _, - and ., and begins with no digit", "",
    "^[-._a-zA-Z][-._a-zA-Z0-9]*$"};

const Format kAbsolutePath = {isAbsolutePath, "must be an absolute path", "begin it with /", "^/"};

const Format kMountPath = {isMountPath,
                           "must be an absolute path of a directory other than /, without colons",
                           "", "^/+[^/:][^:]*$"};

const Format kResourceName = {
    isResourceName,
    "the resource must be cpu, memory, ephemeral-storage, hugepages-SIZE or DOMAIN/NAME"};

const Format kQuantity = {
    isQuantity, "must be a quantity such as 2, 500m, 1.5, 64Mi or 2Gi, and not negative", "",
    "^(\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)|-(0+(\\.0*)?|\\.0+))"
    "([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"};

const Format kFluxDuration = {isFluxDuration, "must be a duration such as 5s, 1.5m or 100ms", "",
                              "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d)?)?$"};

const Format kTopology = {isTopology, "must be kary:K, mincrit[:K], binomial or custom", "",
                          "^(kary:[0-9]{1,9}|mincrit(:[0-9]{1,9})?|binomial|custom)$|^custom:"};

const Format kImage = {isImage, "must be the name of an image: [REGISTRY/]NAME[:TAG][@DIGEST]", "",
                       "^[A-Za-z0-9]([-A-Za-z0-9._/:@]*[A-Za-z0-9])?$"};

const Format kUserName = {
    isUserName,
    "must be at most 32 lower-case letters, digits, _ and -, beginning with a letter or _", "",
    "^[a-z_][-a-z0-9_]*$", 32};

const Format kPassword = {isPassword,
                          "must be at most 8 characters, without colons and control characters",
                          "leave it out to have one made", "", 8};

const Format kCurveCertificate = {
    isCurveCertificate, "must be a CURVE certificate with both its keys",
    "give the whole output of `flux keygen`, or leave the field out to "
    "have one made"};

const Format kCapability = {isCapability, "must be a Linux capability such as SYS_PTRACE, or ALL"};

const Format kText = {isText, ""};

}  // namespace mc::api
