#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "base/curve_cert.hpp"
#include "base/memory.hpp"
#include "flux/overlay/tls_channel.hpp"

namespace mc::flux::overlay {
namespace {

/// Binds the key to its use: another use of the same certificate must take another label.
constexpr unsigned char kLabel[] = "minicluster flux overlay tls psk 1";

constexpr size_t kMaxFile = 64u << 10;

base::Status onlyOwnerReads(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return base::failErrno(path);
  if ((file.st_mode & (S_IRGRP | S_IROTH)) != 0)
    return base::fail(EPERM, path + ": readable by group or others; chmod 600 it");
  return {};
}

}  // namespace

Secret::~Secret() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

base::Result<Secret> Secret::fromCurveCert(const std::string& path) {
  MC_TRY(onlyOwnerReads(path));
  MC_TRY_ASSIGN(std::string text, base::readFile(path, kMaxFile));
  auto cert = base::parseCurveCert(text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!cert) return base::pass(cert.error().prefixed(path));
  MC_TRY_ASSIGN(std::string key, base::z85Decode(cert->secretKey).prefixed(path));
  OPENSSL_cleanse(cert->secretKey.data(), cert->secretKey.size());
  if (key.size() != kSize) return base::fail(EINVAL, path + ": secret-key is not 32 bytes long");
  std::array<uint8_t, kSize> bytes{};
  std::copy(key.begin(), key.end(), bytes.begin());
  OPENSSL_cleanse(key.data(), key.size());
  auto secret = derive(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return secret;
}

base::Result<Secret> Secret::derive(const std::array<uint8_t, kSize>& curveSecretKey) {
  startCrypto();
  base::releaseCode();  // that of starting OpenSSL
  Secret secret;
  size_t size = kSize;
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  const bool ready = context != nullptr && EVP_PKEY_derive_init(context.get()) == 1;
  base::releaseCode();  // that of finding the method
  if (!ready || EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) != 1 ||
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), curveSecretKey.data(), kSize) != 1 ||
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), kLabel, sizeof kLabel - 1) != 1 ||
      EVP_PKEY_derive(context.get(), secret.bytes_.data(), &size) != 1)
    return base::fail(ENOTSUP, "HKDF-SHA256 is not available");
  return secret;
}

}  // namespace mc::flux::overlay
