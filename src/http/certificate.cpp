#include "http/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "http/openssl_pointers.hpp"

namespace mc::http {
namespace {

using StorePtr = OpensslPtr<X509_STORE>;
using StoreContext = OpensslPtr<X509_STORE_CTX>;

/// Clocks of other machines may be a little behind.
constexpr double kBefore = 300;
constexpr long kVersion3 = 2;          // RFC 5280, 4.1.2.1
constexpr size_t kCommonNameMax = 64;  // RFC 5280, A.1
constexpr size_t kHostMax = 253;       // RFC 1035, 2.3.4, as text

auto openSslFailed(const char* what) {
  char reason[256] = "unknown reason";
  const unsigned long error = ERR_get_error();
  if (error != 0) ERR_error_string_n(error, reason, sizeof reason);
  ERR_clear_error();
  return base::fail(EIO, std::string("certificate: ") + what + ": " + reason);
}

std::string textOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

BioPtr reading(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string certificatePem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bio.get(), certificate) == 1 ? textOf(bio.get()) : std::string();
}

std::string keyPem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  const int done =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return done == 1 ? textOf(bio.get()) : std::string();
}

std::vector<X509Ptr> parseCertificates(const std::string& pem) {
  std::vector<X509Ptr> all;
  const auto bio = reading(pem);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    all.emplace_back(next);
  ERR_clear_error();
  return all;
}

/// Null if there is none.
X509Ptr firstCertificate(const std::string& pem) {
  auto all = parseCertificates(pem);
  return all.empty() ? nullptr : std::move(all.front());
}

KeyPtr parseKey(const std::string& pem) {
  const auto bio = reading(pem);
  // Without a passphrase: a key that needs one is no good here, and nobody is there to ask.
  const auto noPassphrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

bool isAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool isLabel(std::string_view label) {
  const auto good = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), good);
}

bool isDnsName(std::string_view name) {
  if (name.size() > kHostMax) return false;
  if (name.starts_with("*.")) name.remove_prefix(2);
  while (true) {
    const size_t dot = name.find('.');
    if (!isLabel(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool setSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7F;  // positive
  const OpensslPtr<BIGNUM> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool setTimes(X509* certificate, double now, double end) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<time_t>(now - kBefore)) !=
             nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<time_t>(end)) != nullptr;
}

bool setSubject(X509* certificate, const std::string& name) {
  const std::string text = name.substr(0, kCommonNameMax);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, bytes,
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const OpensslPtr<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// What all certificates have; not yet signed.
X509Ptr startCertificate(const std::string& subject, EVP_PKEY* key, double now, double end) {
  X509Ptr certificate(X509_new());
  const bool done = certificate && X509_set_version(certificate.get(), kVersion3) == 1 &&
                    setSerial(certificate.get()) && setTimes(certificate.get(), now, end) &&
                    setSubject(certificate.get(), subject) &&
                    X509_set_pubkey(certificate.get(), key) == 1;
  return done ? std::move(certificate) : nullptr;
}

bool sign(X509* certificate, const X509* issuer, EVP_PKEY* key) {
  return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// As OpenSSL's configuration files write them.
std::string alternativesOf(const std::vector<std::string>& hosts) {
  std::vector<std::string> all;
  for (const auto& host : hosts) all.push_back((isAddress(host) ? "IP:" : "DNS:") + host);
  return joined(all);
}

std::string usageOf(const CertificateRequest& request) {
  std::vector<std::string> all;
  if (request.server) all.emplace_back("serverAuth");
  if (request.client) all.emplace_back("clientAuth");
  return joined(all);
}

bool describe(X509* certificate, X509* authority, const CertificateRequest& request) {
  const std::string alternatives = alternativesOf(request.hosts);
  return extend(certificate, authority, NID_basic_constraints, "critical,CA:FALSE") &&
         extend(certificate, authority, NID_key_usage, "critical,digitalSignature") &&
         extend(certificate, authority, NID_ext_key_usage, usageOf(request)) &&
         (alternatives.empty() ||
          extend(certificate, authority, NID_subject_alt_name, alternatives)) &&
         extend(certificate, authority, NID_subject_key_identifier, "hash") &&
         extend(certificate, authority, NID_authority_key_identifier, "keyid");
}

base::Result<double> unixTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return openSslFailed("its time");
  return static_cast<double>(timegm(&parts));
}

base::Result<CertifiedKey> written(X509* certificate, EVP_PKEY* key) {
  CertifiedKey result{certificatePem(certificate), keyPem(key)};
  if (result.certificatePem.empty() || result.keyPem.empty()) return openSslFailed("writing it");
  return result;
}

std::string addressText(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == sizeof(in_addr) ? AF_INET : AF_INET6;
  const bool fits = family == AF_INET || ASN1_STRING_length(bytes) == sizeof(in6_addr);
  if (!fits) return "";
  ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return text.data();
}

std::string hostText(const GENERAL_NAME* name) {
  if (name->type == GEN_IPADD) return addressText(name->d.iPAddress);
  if (name->type != GEN_DNS) return "";
  const ASN1_STRING* text = name->d.dNSName;
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

bool matches(X509* certificate, const std::string& host) {
  const int matched = isAddress(host)
                          ? X509_check_ip_asc(certificate, host.c_str(), 0)
                          : X509_check_host(certificate, host.data(), host.size(), 0, nullptr);
  return matched == 1;
}

}  // namespace

base::Status checkHost(const std::string& host) {
  if (isAddress(host) || isDnsName(host)) return {};
  return base::fail(EINVAL, "\"" + host + "\" is no DNS name and no IP address");
}

base::Result<CertifiedKey> makeAuthority(const std::string& commonName, double now,
                                         double lifetime) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return openSslFailed("a new key");
  const auto authority = startCertificate(commonName, key.get(), now, now + lifetime);
  X509* self = authority.get();
  const bool done =
      self != nullptr && extend(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      extend(self, self, NID_key_usage, "critical,keyCertSign") &&
      extend(self, self, NID_subject_key_identifier, "hash") && sign(self, self, key.get());
  if (!done) return openSslFailed("a new authority");
  return written(self, key.get());
}

base::Result<CertifiedKey> signCertificate(const CertificateRequest& request,
                                           const CertifiedKey& authority) {
  for (const auto& host : request.hosts) MC_TRY(checkHost(host));
  const auto issuer = firstCertificate(authority.certificatePem);
  const auto issuerKey = parseKey(authority.keyPem);
  if (!issuer || !issuerKey)
    return base::fail(EINVAL, "the authority's certificate or key can't be read");
  MC_TRY_ASSIGN(const double last, unixTime(X509_get0_notAfter(issuer.get())));
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return openSslFailed("a new key");
  const auto certificate = startCertificate(request.commonName, key.get(), request.now,
                                            std::min(request.now + request.lifetime, last));
  const bool done = certificate && describe(certificate.get(), issuer.get(), request) &&
                    sign(certificate.get(), issuer.get(), issuerKey.get());
  if (!done) return openSslFailed("a new certificate");
  return written(certificate.get(), key.get());
}

bool isKeyOf(const std::string& keyPem, const std::string& certificatePem) {
  const auto certificate = firstCertificate(certificatePem);
  const auto key = parseKey(keyPem);
  const bool fits = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return fits;
}

bool isSignedBy(const std::string& certificatePem, const std::string& authoritiesPem) {
  const auto certificate = firstCertificate(certificatePem);
  if (!certificate) return false;
  const StorePtr store(X509_STORE_new());
  for (const auto& authority : parseCertificates(authoritiesPem))
    X509_STORE_add_cert(store.get(), authority.get());
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_NO_CHECK_TIME);
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return good;
}

bool isFor(const std::string& certificatePem, const std::vector<std::string>& hosts) {
  const auto certificate = firstCertificate(certificatePem);
  const bool all =
      certificate && std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
        return matches(certificate.get(), host);
      });
  ERR_clear_error();
  return all;
}

std::vector<std::string> hostsOf(const std::string& certificatePem) {
  std::vector<std::string> hosts;
  const auto certificate = firstCertificate(certificatePem);
  if (!certificate) return hosts;
  const OpensslPtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string host = hostText(sk_GENERAL_NAME_value(names.get(), i));
    if (!host.empty()) hosts.push_back(std::move(host));
  }
  return hosts;
}

base::Result<Validity> validityOf(const std::string& certificatePem) {
  const auto certificate = firstCertificate(certificatePem);
  if (!certificate) return base::fail(EINVAL, "no certificate");
  MC_TRY_ASSIGN(const double begin, unixTime(X509_get0_notBefore(certificate.get())));
  MC_TRY_ASSIGN(const double end, unixTime(X509_get0_notAfter(certificate.get())));
  return Validity{begin, end};
}

std::string withCertificatesOf(const std::string& newer, const std::string& older, double now) {
  std::string all = newer;
  for (const auto& certificate : parseCertificates(older)) {
    const auto end = unixTime(X509_get0_notAfter(certificate.get()));
    const std::string pem = certificatePem(certificate.get());
    if (end && *end > now && all.find(pem) == std::string::npos) all += pem;
  }
  return all;
}

}  // namespace mc::http
