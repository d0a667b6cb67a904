#include "entry/password.hpp"

#include <crypt.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mc::entry {
namespace {

constexpr std::string_view kSaltLetters =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace

base::Result<std::string> hashPassword(const std::string& password) {
  std::array<uint8_t, 16> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    return base::failErrno("getrandom");
  std::string setting = "$6$";
  for (const uint8_t byte : random) setting += kSaltLetters[byte % kSaltLetters.size()];
  const auto state = std::make_unique<crypt_data>();
  const char* hash = ::crypt_r(password.c_str(), setting.c_str(), state.get());
  if (hash == nullptr || hash[0] == '*') return base::fail(EINVAL, "the password can't be hashed");
  return std::string(hash);
}

}  // namespace mc::entry
