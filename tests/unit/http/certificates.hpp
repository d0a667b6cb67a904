#pragma once
// Certificates for tests, made on the spot.

#include <string>
#include <vector>

namespace mc::http {

struct TestCertificate {
  std::string certificatePem;
  std::string keyPem;
};

/// An authority, and certificates that it signs.
class TestAuthority {
 public:
  TestAuthority();

  [[nodiscard]] const std::string& caPem() const { return own_.certificatePem; }
  /// For names as OpenSSL writes them: "DNS:localhost", "IP:127.0.0.1".
  [[nodiscard]] TestCertificate sign(const std::vector<std::string>& names) const;

 private:
  TestCertificate own_;
};

}  // namespace mc::http
