#include "operator/webhook/certificate.hpp"

#include "http/certificate.hpp"

namespace mc::controller {

base::Result<Certificate> makeCertificate(const std::vector<std::string>& names, double now) {
  MC_TRY_ASSIGN(const auto authority,
                http::makeAuthority("minicluster-operator webhook CA", now, kCertificateLifetime));
  http::CertificateRequest request;
  // A common name may have 64 characters only; the names are what counts.
  request.commonName = "minicluster-operator webhook";
  request.hosts = names;
  request.server = true;
  request.now = now;
  request.lifetime = kCertificateLifetime;
  MC_TRY_ASSIGN(auto server, http::signCertificate(request, authority));
  return Certificate{authority.certificatePem, std::move(server.certificatePem),
                     std::move(server.keyPem)};
}

bool isUsable(const Certificate& certificate, const std::vector<std::string>& names) {
  return http::isFor(certificate.certPem, names) &&
         http::isKeyOf(certificate.keyPem, certificate.certPem) &&
         http::isSignedBy(certificate.certPem, certificate.caPem);
}

base::Result<double> renewalTime(const Certificate& certificate) {
  MC_TRY_ASSIGN(const auto validity, http::validityOf(certificate.certPem));
  return validity.end - (validity.end - validity.begin) / 3;
}

Certificate withAuthoritiesOf(Certificate newer, const Certificate& older, double now) {
  newer.caPem = http::withCertificatesOf(newer.caPem, older.caPem, now);
  return newer;
}

}  // namespace mc::controller
