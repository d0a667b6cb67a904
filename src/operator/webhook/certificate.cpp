#include "operator/webhook/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "http/openssl_pointers.hpp"

namespace mc::controller {
namespace {

using http::BioPtr;
using http::KeyPtr;
using http::X509Ptr;
using StorePtr = http::OpensslPtr<X509_STORE>;
using StoreContext = http::OpensslPtr<X509_STORE_CTX>;

/// Clocks of other machines may be a little behind.
constexpr double kBefore = 300;
constexpr long kVersion3 = 2;  // RFC 5280, 4.1.2.1

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

KeyPtr parseKey(const std::string& pem) {
  const auto bio = reading(pem);
  // Without a passphrase: a key that needs one is no good here, and nobody is there to ask.
  const auto noPassphrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

bool setSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7F;  // positive
  const http::OpensslPtr<BIGNUM> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool setTimes(X509* certificate, double now) {
  const auto begin = static_cast<time_t>(now - kBefore);
  const auto end = static_cast<time_t>(now + kCertificateLifetime);
  return ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), end) != nullptr;
}

bool setSubject(X509* certificate, const std::string& name) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, bytes,
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

bool extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const http::OpensslPtr<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// What is common to both certificates; not yet signed.
X509Ptr startCertificate(const std::string& subject, EVP_PKEY* key, double now) {
  X509Ptr certificate(X509_new());
  const bool done = certificate && X509_set_version(certificate.get(), kVersion3) == 1 &&
                    setSerial(certificate.get()) && setTimes(certificate.get(), now) &&
                    setSubject(certificate.get(), subject) &&
                    X509_set_pubkey(certificate.get(), key) == 1;
  return done ? std::move(certificate) : nullptr;
}

bool sign(X509* certificate, const X509* issuer, EVP_PKEY* key) {
  return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

X509Ptr makeAuthority(EVP_PKEY* key, double now) {
  auto authority = startCertificate("minicluster-operator webhook CA", key, now);
  X509* self = authority.get();
  const bool done = self != nullptr &&
                    extend(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    extend(self, self, NID_key_usage, "critical,keyCertSign") &&
                    extend(self, self, NID_subject_key_identifier, "hash") && sign(self, self, key);
  return done ? std::move(authority) : nullptr;
}

X509Ptr makeServer(const std::vector<std::string>& names, EVP_PKEY* key, X509* authority,
                   EVP_PKEY* authorityKey, double now) {
  std::string alternatives;
  for (const auto& name : names) alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
  // A common name may have 64 characters only (RFC 5280, A.1); the names above are what counts.
  auto server = startCertificate("minicluster-operator webhook", key, now);
  X509* self = server.get();
  const bool done = self != nullptr &&
                    extend(self, authority, NID_basic_constraints, "critical,CA:FALSE") &&
                    extend(self, authority, NID_key_usage, "critical,digitalSignature") &&
                    extend(self, authority, NID_ext_key_usage, "serverAuth") &&
                    extend(self, authority, NID_subject_alt_name, alternatives) &&
                    extend(self, authority, NID_authority_key_identifier, "keyid") &&
                    sign(self, authority, authorityKey);
  return done ? std::move(server) : nullptr;
}

bool isSignedBy(X509* certificate, const std::vector<X509Ptr>& authorities) {
  const StorePtr store(X509_STORE_new());
  for (const auto& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr);
  // Whether its time has come is another question: see renewalTime().
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_NO_CHECK_TIME);
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return good;
}

base::Result<double> unixTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return openSslFailed("its time");
  return static_cast<double>(timegm(&parts));
}

}  // namespace

base::Result<Certificate> makeCertificate(const std::vector<std::string>& names, double now) {
  const KeyPtr authorityKey(EVP_EC_gen("P-256"));
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!authorityKey || !key) return openSslFailed("a new key");
  const auto authority = makeAuthority(authorityKey.get(), now);
  if (!authority) return openSslFailed("a new authority");
  const auto server = makeServer(names, key.get(), authority.get(), authorityKey.get(), now);
  if (!server) return openSslFailed("a new certificate");
  Certificate result{certificatePem(authority.get()), certificatePem(server.get()),
                     keyPem(key.get())};
  if (result.caPem.empty() || result.certPem.empty() || result.keyPem.empty())
    return openSslFailed("writing it");
  return result;
}

bool isUsable(const Certificate& certificate, const std::vector<std::string>& names) {
  const auto chain = parseCertificates(certificate.certPem);
  const auto key = parseKey(certificate.keyPem);
  if (chain.empty() || !key) return false;
  X509* server = chain.front().get();
  const bool named = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return X509_check_host(server, name.data(), name.size(), 0, nullptr) == 1;
  });
  const bool fits = X509_check_private_key(server, key.get()) == 1;
  ERR_clear_error();
  return named && fits && isSignedBy(server, parseCertificates(certificate.caPem));
}

base::Result<double> renewalTime(const Certificate& certificate) {
  const auto chain = parseCertificates(certificate.certPem);
  if (chain.empty()) return base::fail(EINVAL, "no certificate");
  MC_TRY_ASSIGN(const double begin, unixTime(X509_get0_notBefore(chain.front().get())));
  MC_TRY_ASSIGN(const double end, unixTime(X509_get0_notAfter(chain.front().get())));
  return end - (end - begin) / 3;
}

Certificate withAuthoritiesOf(Certificate newer, const Certificate& older, double now) {
  for (const auto& authority : parseCertificates(older.caPem)) {
    const auto end = unixTime(X509_get0_notAfter(authority.get()));
    if (end && *end > now) newer.caPem += certificatePem(authority.get());
  }
  return newer;
}

}  // namespace mc::controller
