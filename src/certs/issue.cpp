#include "certs/issue.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/rfc3339.hpp"

namespace mc::certs {

namespace {

constexpr double kDay = 86400;
/// Authorities last longer than what they sign, so that this can be replaced many times.
constexpr int kAuthorityLives = 10;
constexpr int64_t kMostDays = 36500;
constexpr size_t kNameMax = 240;  ///< a Secret's name may have 253 characters

constexpr std::array<Part, 2> kLeaves = {Part::Server, Part::Client};

std::string rotateCommand(const Request& request) {
  return "minicluster certs rotate " + request.name;
}

bool isLowerName(const std::string& name) {
  const auto good = [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
  };
  return !name.empty() && name.size() <= kNameMax && name.front() != '-' && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), good);
}

base::Result<Content> makeAuthority(const Request& request) {
  const double lifetime = static_cast<double>(request.days) * kDay * kAuthorityLives;
  MC_TRY_ASSIGN(auto own, http::makeAuthority(request.name + " CA", request.now, lifetime));
  std::string authorities = own.certificatePem;
  return Content{std::move(own), std::move(authorities)};
}

base::Result<Content> sign(const Request& request, Part part, const Content& authority) {
  http::CertificateRequest wanted;
  wanted.commonName = part == Part::Server ? namesOf(request).front() : request.name + "-client";
  if (part == Part::Server) wanted.hosts = namesOf(request);
  wanted.server = part == Part::Server;
  wanted.client = true;  // servers that form a cluster are each other's clients
  wanted.now = request.now;
  wanted.lifetime = static_cast<double>(request.days) * kDay;
  MC_TRY_ASSIGN(auto own, http::signCertificate(wanted, authority.own));
  return Content{std::move(own), authority.authorities};
}

/// The Secrets of one service in a store, and what is done with them.
class Issuer {
 public:
  Issuer(const Request& request, Store& store) : request_(request), store_(store) {}

  base::Result<std::vector<Issued>> create() {
    for (const Part part : {Part::Authority, Part::Server, Part::Client}) {
      MC_TRY_ASSIGN(const auto there, store_.find(secretName(request_.name, part)));
      if (there)
        return base::fail(EEXIST, "secrets \"" + there->name +
                                      "\" already exists; `minicluster certs apply` makes only "
                                      "what is missing, `" +
                                      rotateCommand(request_) + "` makes new keys");
    }
    return apply();
  }

  base::Result<std::vector<Issued>> apply() {
    MC_TRY(takeAuthority(false));
    for (const Part part : kLeaves) {
      MC_TRY_ASSIGN(const auto there, store_.find(secretName(request_.name, part)));
      if (there) MC_TRY(sameStyle(*there));
      MC_TRY(there ? keep(part, *there) : put(part, sign(request_, part, authority_), false));
    }
    return std::move(issued_);
  }

  base::Result<std::vector<Issued>> rotate() {
    MC_TRY_ASSIGN(const auto server, store_.find(secretName(request_.name, Part::Server)));
    if (server) MC_TRY(takeOver(*server));
    MC_TRY(takeAuthority(true));
    for (const Part part : kLeaves) {
      MC_TRY_ASSIGN(const auto there, store_.find(secretName(request_.name, part)));
      if (there) MC_TRY(sameStyle(*there));
      MC_TRY(put(part, sign(request_, part, authority_), there.has_value()));
    }
    return std::move(issued_);
  }

 private:
  [[nodiscard]] Style style() const { return request_.style.value_or(Style::Tls); }

  /// What the request leaves open stays as it was.
  base::Status takeOver(const Secret& server) {
    if (!request_.style) request_.style = styleOf(server);
    if (!request_.hosts.empty()) return {};
    const auto content = readSecret(request_.name, Part::Server, styleOf(server), server);
    if (content) request_.hosts = http::hostsOf(content->own.certificatePem);
    return {};
  }

  /// A Secret's type can't change, nor what is mounted from it.
  [[nodiscard]] base::Status sameStyle(const Secret& there) const {
    if (styleOf(there) == style()) return {};
    return base::fail(EINVAL, "Secret \"" + there.name +
                                  "\" has its files in another --style; delete it first, or leave "
                                  "--style out");
  }

  /// The authority that is there, or a new one.
  base::Status takeAuthority(bool rotating) {
    MC_TRY_ASSIGN(const auto there, store_.find(secretName(request_.name, Part::Authority)));
    if (!there) return put(Part::Authority, makeAuthority(request_), false);
    if (!request_.style) request_.style = styleOf(*there);
    MC_TRY(sameStyle(*there));
    const auto old = readSecret(request_.name, Part::Authority, styleOf(*there), *there);
    const bool usable = old && http::isKeyOf(old->own.keyPem, old->own.certificatePem);
    if (rotating && (request_.newAuthority || !usable || !lasts(*old)))
      return replaceAuthority(old ? old->authorities : "");
    if (!usable) return unusable(*there, "it holds no authority and its key");
    authority_ = *old;
    const Secret wanted = toSecret(request_.name, Part::Authority, style(), authority_);
    return record(*there, wanted);
  }

  base::Status replaceAuthority(const std::string& older) {
    auto made = makeAuthority(request_);
    if (made) made->authorities = http::withCertificatesOf(made->authorities, older, request_.now);
    return put(Part::Authority, std::move(made), true);
  }

  [[nodiscard]] bool lasts(const Content& authority) const {
    const auto validity = http::validityOf(authority.own.certificatePem);
    return validity && validity->end >= request_.now + static_cast<double>(request_.days) * kDay;
  }

  /// Keeps a key that is there; only the list of authorities is brought up to date.
  base::Status keep(Part part, const Secret& there) {
    auto content = readSecret(request_.name, part, styleOf(there), there);
    if (!content) return base::pass(content.error());
    const std::string& certificate = content->own.certificatePem;
    if (!http::isKeyOf(content->own.keyPem, certificate))
      return unusable(there, "its key is not its certificate's");
    if (!http::isSignedBy(certificate, authority_.authorities))
      return unusable(there, "it is not signed by the authority in " +
                                 secretName(request_.name, Part::Authority));
    const bool named = part != Part::Server || request_.hosts.empty() ||
                       http::isFor(certificate, namesOf(request_));
    if (!named) return unusable(there, "it is not for all of the hosts");
    content->authorities = authority_.authorities;
    return record(there, toSecret(request_.name, part, style(), *content));
  }

  [[nodiscard]] base::Status unusable(const Secret& there, const std::string& why) const {
    return base::fail(EINVAL, "Secret \"" + there.name + "\" is kept as it is, but " + why + "; `" +
                                  rotateCommand(request_) + "` replaces it");
  }

  /// Writes what differs.
  base::Status record(const Secret& there, const Secret& wanted) {
    const bool same = there.data == wanted.data;
    if (!same) MC_TRY(store_.replace(wanted));
    issued_.push_back({same ? Outcome::Unchanged : Outcome::Configured, wanted});
    return {};
  }

  base::Status put(Part part, base::Result<Content> content, bool replacing) {
    if (!content) return base::pass(content.error());
    const Secret secret = toSecret(request_.name, part, style(), *content);
    MC_TRY(replacing ? store_.replace(secret) : store_.create(secret));
    issued_.push_back({replacing ? Outcome::Configured : Outcome::Created, secret});
    if (part == Part::Authority) authority_ = std::move(*content);
    return {};
  }

  Request request_;
  Store& store_;
  Content authority_;
  std::vector<Issued> issued_;
};

/// What has no store.
class Nowhere final : public Store {
 public:
  base::Result<std::optional<Secret>> find(const std::string&) override { return std::nullopt; }
  base::Status create(const Secret&) override { return {}; }
  base::Status replace(const Secret&) override { return {}; }
};

}  // namespace

base::Status check(const Request& request) {
  if (!isLowerName(request.name))
    return base::fail(EINVAL, "\"" + request.name +
                                  "\" is no name for a service: use lower case letters, digits "
                                  "and '-'");
  for (const auto& host : request.hosts) MC_TRY(http::checkHost(host).prefixed("--host"));
  if (request.days >= 1 && request.days <= kMostDays) return {};
  return base::fail(EINVAL, "--days must be between 1 and " + std::to_string(kMostDays));
}

std::vector<std::string> namesOf(const Request& request) {
  std::vector<std::string> hosts = request.hosts;
  if (hosts.empty()) hosts.push_back(request.name);
  std::vector<std::string> names;
  for (const auto& host : hosts) {
    names.push_back(host);
    if (host.find_first_of(".:") != std::string::npos) continue;
    for (const char* end : {"", ".svc", ".svc.cluster.local"})
      names.push_back(host + "." + request.ns + end);
  }
  std::vector<std::string> once;
  for (auto& name : names)
    if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(std::move(name));
  return once;
}

base::Result<std::vector<Secret>> make(const Request& request) {
  Nowhere nowhere;
  MC_TRY_ASSIGN(auto issued, create(request, nowhere));
  std::vector<Secret> secrets;
  for (auto& each : issued) secrets.push_back(std::move(each.secret));
  return secrets;
}

base::Result<std::vector<Issued>> create(const Request& request, Store& store) {
  MC_TRY(check(request));
  return Issuer(request, store).create();
}

base::Result<std::vector<Issued>> apply(const Request& request, Store& store) {
  MC_TRY(check(request));
  return Issuer(request, store).apply();
}

base::Result<std::vector<Issued>> rotate(const Request& request, Store& store) {
  MC_TRY(check(request));
  return Issuer(request, store).rotate();
}

std::string renewalNote(const Issued& issued, const Request& request) {
  if (issued.outcome == Outcome::Created) return "";
  for (const Part part : {Part::Authority, Part::Server, Part::Client}) {
    if (issued.secret.name != secretName(request.name, part)) continue;
    const auto content = readSecret(request.name, part, styleOf(issued.secret), issued.secret);
    const auto validity =
        content ? http::validityOf(content->own.certificatePem) : base::fail(EINVAL, "");
    if (!validity || request.now < validity->end - (validity->end - validity->begin) / 3) return "";
    return "Secret \"" + issued.secret.name + "\" ends on " + base::formatTime(validity->end) +
           ": `" + rotateCommand(request) + "` makes a new one";
  }
  return "";
}

}  // namespace mc::certs
