#include "kube/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>

#include "kube/json.hpp"

namespace mc::kube {

namespace {

struct Named {
  std::string_view text;
  Reason reason;
};

/// metav1.StatusReason; the first of a Reason is how we spell it.
constexpr std::array kStatusReasons{
    Named{"BadRequest", Reason::BadRequest},
    Named{"Unauthorized", Reason::Unauthorized},
    Named{"Forbidden", Reason::Forbidden},
    Named{"NotFound", Reason::NotFound},
    Named{"MethodNotAllowed", Reason::MethodNotAllowed},
    Named{"NotAcceptable", Reason::NotAcceptable},
    Named{"AlreadyExists", Reason::AlreadyExists},
    Named{"Conflict", Reason::Conflict},
    Named{"Gone", Reason::Gone},
    Named{"Expired", Reason::Gone},
    Named{"RequestEntityTooLarge", Reason::TooLarge},
    Named{"UnsupportedMediaType", Reason::UnsupportedType},
    Named{"Invalid", Reason::Invalid},
    Named{"TooManyRequests", Reason::TooManyRequests},
    Named{"InternalError", Reason::InternalError},
    Named{"StoreReadError", Reason::InternalError},
    Named{"ServiceUnavailable", Reason::Unavailable},
    Named{"ServerTimeout", Reason::ServerTimeout},
    Named{"Timeout", Reason::Timeout},
    Named{"Connection", Reason::Connection},
    Named{"Canceled", Reason::Canceled},
    Named{"BadResponse", Reason::BadResponse},
    Named{"Config", Reason::Config},
};

constexpr std::array<std::pair<int, Reason>, 15> kCodes{{{400, Reason::BadRequest},
                                                         {401, Reason::Unauthorized},
                                                         {403, Reason::Forbidden},
                                                         {404, Reason::NotFound},
                                                         {405, Reason::MethodNotAllowed},
                                                         {406, Reason::NotAcceptable},
                                                         {409, Reason::Conflict},
                                                         {410, Reason::Gone},
                                                         {413, Reason::TooLarge},
                                                         {415, Reason::UnsupportedType},
                                                         {422, Reason::Invalid},
                                                         {429, Reason::TooManyRequests},
                                                         {502, Reason::Unavailable},
                                                         {503, Reason::Unavailable},
                                                         {504, Reason::Timeout}}};

constexpr std::array<std::pair<Reason, int>, 14> kErrnos{{{Reason::BadRequest, EINVAL},
                                                          {Reason::Invalid, EINVAL},
                                                          {Reason::Config, EINVAL},
                                                          {Reason::Unauthorized, EACCES},
                                                          {Reason::Forbidden, EACCES},
                                                          {Reason::NotFound, ENOENT},
                                                          {Reason::AlreadyExists, EEXIST},
                                                          {Reason::Conflict, ESTALE},
                                                          {Reason::Gone, ESTALE},
                                                          {Reason::TooManyRequests, EAGAIN},
                                                          {Reason::Unavailable, EAGAIN},
                                                          {Reason::Timeout, ETIMEDOUT},
                                                          {Reason::Canceled, ECANCELED},
                                                          {Reason::Connection, ECONNREFUSED}}};

Reason reasonOfCode(int code) {
  const auto* at = std::ranges::find(kCodes, code, &std::pair<int, Reason>::first);
  if (at != kCodes.end()) return at->second;
  return code >= 500 ? Reason::InternalError : Reason::Unknown;
}

Reason reasonOf(std::string_view text, int code) {
  const auto* at = std::ranges::find(kStatusReasons, text, &Named::text);
  return at != kStatusReasons.end() ? at->reason : reasonOfCode(code);
}

Reason reasonOfErrno(int errnum) {
  switch (errnum) {
    case ECANCELED:
      return Reason::Canceled;
    case ETIMEDOUT:
      return Reason::Timeout;
    case EIO:
    case EPIPE:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
      return Reason::Connection;
    case EFBIG:
    case EPROTO:
      return Reason::BadResponse;
    default:
      return Reason::Unknown;
  }
}

std::vector<Cause> causesOf(const Object& details) {
  std::vector<Cause> causes;
  const boost::json::array* list = findArray(details, {"causes"});
  if (list == nullptr) return causes;
  for (const boost::json::value& entry : *list) {
    const Object* cause = entry.if_object();
    if (cause == nullptr) continue;
    causes.push_back({std::string(findText(*cause, {"reason"})),
                      std::string(findText(*cause, {"message"})),
                      std::string(findText(*cause, {"field"}))});
  }
  return causes;
}

/// Retry-After, RFC 9110 10.2.3: seconds or an HTTP date.
std::optional<std::chrono::milliseconds> waitOf(std::string_view header, double wallNow) {
  int seconds = 0;
  const char* end = header.data() + header.size();
  if (!header.empty() && std::from_chars(header.data(), end, seconds).ptr == end && seconds >= 0)
    return std::chrono::seconds(seconds);
  std::tm parts{};
  const std::string text(header);
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return {};
  const double wait = std::max(0.0, static_cast<double>(::timegm(&parts)) - wallNow);
  return std::chrono::milliseconds(std::llround(wait * 1000));
}

/// What is not a Status: a proxy's page, plain text.
std::string foreignMessage(int code, std::string_view body) {
  constexpr size_t kLongest = 500;
  std::string message = "the server answered " + std::to_string(code);
  std::string text(body.substr(0, kLongest));
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' '; }, ' ');
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return message;
  return message + ": " + text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string_view describe(Reason reason) {
  const auto* at = std::ranges::find(kStatusReasons, reason, &Named::reason);
  return at != kStatusReasons.end() ? at->text : "Unknown";
}

Error::Error(base::Error error)
    : reason(reasonOfErrno(error.errnum)), message(std::move(error.message)) {}

Error::operator base::Error() const {
  const auto* at = std::ranges::find(kErrnos, reason, &std::pair<Reason, int>::first);
  return {at != kErrnos.end() ? at->second : EPROTO, message};
}

Error Error::prefixed(const std::string& context) const {
  Error copy = *this;
  copy.message = context + ": " + message;
  return copy;
}

Error errorOf(const Object& status, int code) {
  if (code == 0) code = static_cast<int>(findNumber(status, {"code"}).value_or(0));
  Error error(reasonOf(findText(status, {"reason"}), code),
              std::string(findText(status, {"message"})), code);
  if (error.message.empty()) error.message = foreignMessage(code, describe(error.reason));
  if (const Object* details = findObject(status, {"details"})) {
    error.causes = causesOf(*details);
    const auto seconds = findNumber(*details, {"retryAfterSeconds"});
    if (seconds.value_or(0) > 0) error.retryAfter = std::chrono::seconds(*seconds);
  }
  return error;
}

Error errorOf(int code, std::string_view body, std::string_view retryAfter, double wallNow) {
  const auto parsed = parseJson(body);
  const Object* status = parsed ? parsed->if_object() : nullptr;
  Error error = status != nullptr && findText(*status, {"kind"}) == "Status"
                    ? errorOf(*status, code)
                    : Error(reasonOfCode(code), foreignMessage(code, body), code);
  if (const auto wait = waitOf(retryAfter, wallNow)) error.retryAfter = wait;
  return error;
}

}  // namespace mc::kube
