#include "unit/http/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "http/openssl_pointers.hpp"

namespace mc::http {

namespace {

std::string textOf(const BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string pemOf(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return textOf(bio);
}

std::string pemOf(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return textOf(bio);
}

void extend(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr blank(EVP_PKEY* key, const std::string& name) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

TestAuthority::TestAuthority() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = blank(key.get(), "test CA");
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  own_ = {pemOf(certificate.get()), pemOf(key.get())};
}

TestCertificate TestAuthority::sign(const std::vector<std::string>& names) const {
  const BioPtr certificateText(BIO_new_mem_buf(own_.certificatePem.data(), -1));
  const BioPtr keyText(BIO_new_mem_buf(own_.keyPem.data(), -1));
  const X509Ptr issuer(PEM_read_bio_X509(certificateText.get(), nullptr, nullptr, nullptr));
  const KeyPtr issuerKey(PEM_read_bio_PrivateKey(keyText.get(), nullptr, nullptr, nullptr));
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = blank(key.get(), "test");
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + name;
  if (!list.empty()) extend(certificate.get(), NID_subject_alt_name, list);
  X509_sign(certificate.get(), issuerKey.get(), EVP_sha256());
  return {pemOf(certificate.get()), pemOf(key.get())};
}

}  // namespace mc::http
