#pragma once
// Keeps the webhooks' certificate: in a Secret that all replicas share, renewed in time, and known
// to the API server.
//
// The API server is told whom to trust (caBundle) in the CustomResourceDefinition and in the
// webhook configuration. Whichever replica comes first makes or renews the certificate; the others
// take it over at the same moment of their own clock.
//
// Thread-safety: none; one thread. The client and the timer must outlive it.

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "kube/client.hpp"
#include "kube/timer.hpp"
#include "operator/webhook/certificate.hpp"

namespace mc::controller {

struct KeeperSettings {
  std::string ns;                                        ///< of the operator
  std::string secret = "minicluster-operator-webhook";   ///< name
  std::string service = "minicluster-operator-webhook";  ///< name
  std::string configuration = "minicluster-operator";    ///< of the admission webhook, name
};

class CertificateKeeper {
 public:
  CertificateKeeper(kube::Client& client, kube::Timer& timer, KeeperSettings settings);

  /// The certificate that is good now, from the Secret or made and put there. It is returned before
  /// the API server knows it: serve it, then call inject().
  kube::Result<Certificate> current(const std::stop_token& stop);

  /// Makes the API server trust it; writes only what differs.
  kube::Status inject(const Certificate& certificate, const std::stop_token& stop);

  /// The objects that inject() writes to: resource and name.
  [[nodiscard]] std::vector<std::pair<kube::Resource, std::string>> trusting() const;

  /// The DNS names of the webhooks' Service.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  kube::Result<Certificate> make(const std::stop_token& stop);
  kube::Result<Certificate> renew(const kube::Object& secret, const Certificate& old,
                                  const std::stop_token& stop);
  kube::Status injectConversion(const std::string& bundle, const std::stop_token& stop);
  kube::Status injectAdmission(const std::string& bundle, const std::stop_token& stop);

  kube::Client& client_;
  kube::Timer& timer_;
  KeeperSettings settings_;
};

}  // namespace mc::controller
