#include "flux/broker/bootstrap_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>

namespace mc::flux::broker {
namespace {

using PkeyPtr = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)>;

constexpr char kLabel[] = "minicluster flux bootstrap 1";

tl::unexpected<base::Error> unavailable(const char* what) {
  return base::fail(ENOTSUP, std::string(what) + " is not available");
}

std::string toHex(const KeyBytes& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

base::Result<KeyBytes> fromHex(const std::string& text) {
  KeyBytes bytes{};
  if (text.size() != 2 * bytes.size()) return base::fail(EINVAL, "a key has a wrong length");
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char* at = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, bytes[i], 16);
    if (error != std::errc() || end != at + 2)
      return base::fail(EINVAL, "a key is not hexadecimal");
  }
  return bytes;
}

void applyPad(KeyBytes& key, const KeyBytes& pad) {
  for (size_t i = 0; i < key.size(); ++i) key[i] ^= pad[i];
}

}  // namespace

struct KeyPair::Key {
  PkeyPtr pkey{nullptr, EVP_PKEY_free};
};

void cleanse(KeyBytes& key) {
  OPENSSL_cleanse(key.data(), key.size());
}

base::Result<KeyBytes> randomKey() {
  overlay::startCrypto();
  KeyBytes key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
    return unavailable("a source of random numbers");
  return key;
}

KeyPair::KeyPair(std::unique_ptr<Key> key) : key_(std::move(key)) {}
KeyPair::KeyPair(KeyPair&&) noexcept = default;
KeyPair& KeyPair::operator=(KeyPair&&) noexcept = default;
KeyPair::~KeyPair() = default;

base::Result<KeyPair> KeyPair::generate() {
  overlay::startCrypto();
  const ContextPtr context(EVP_PKEY_CTX_new_id(EVP_PKEY_X25519, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  if (context == nullptr || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &made) != 1)
    return unavailable("X25519");
  auto key = std::make_unique<Key>();
  key->pkey.reset(made);
  KeyBytes publicBytes{};
  size_t size = publicBytes.size();
  if (EVP_PKEY_get_raw_public_key(made, publicBytes.data(), &size) != 1 ||
      size != publicBytes.size())
    return unavailable("X25519");
  KeyPair pair(std::move(key));
  pair.publicText_ = toHex(publicBytes);
  return pair;
}

/// A hash of the secret that both sides share and of their public keys, the smaller first.
base::Result<KeyBytes> KeyPair::padWith(const std::string& peer) const {
  MC_TRY_ASSIGN(const KeyBytes theirs, fromHex(peer));
  const PkeyPtr other(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, theirs.data(), theirs.size()),
      EVP_PKEY_free);
  const ContextPtr context(EVP_PKEY_CTX_new(key_->pkey.get(), nullptr), EVP_PKEY_CTX_free);
  KeyBytes shared{};
  size_t size = shared.size();
  if (other == nullptr || context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
      EVP_PKEY_derive(context.get(), shared.data(), &size) != 1)
    return base::fail(EINVAL, "a public key is not valid");
  std::string input = kLabel + std::min(publicText_, peer) + std::max(publicText_, peer);
  input.append(reinterpret_cast<const char*>(shared.data()), shared.size());
  KeyBytes pad{};
  unsigned length = 0;
  const bool hashed =
      EVP_Digest(input.data(), input.size(), pad.data(), &length, EVP_sha256(), nullptr) == 1;
  cleanse(shared);
  OPENSSL_cleanse(input.data(), input.size());
  if (!hashed || length != pad.size()) return unavailable("SHA-256");
  return pad;
}

base::Result<std::string> KeyPair::seal(const KeyBytes& key, const std::string& receiver) const {
  MC_TRY_ASSIGN(KeyBytes sealed, padWith(receiver));
  applyPad(sealed, key);
  return toHex(sealed);
}

base::Result<KeyBytes> KeyPair::open(const std::string& sealed, const std::string& sender) const {
  MC_TRY_ASSIGN(KeyBytes key, fromHex(sealed));
  MC_TRY_ASSIGN(KeyBytes pad, padWith(sender));
  applyPad(key, pad);
  cleanse(pad);
  return key;
}

}  // namespace mc::flux::broker
