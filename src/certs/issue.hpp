#pragma once
// The certificates of one service with mutual TLS: an authority of its own, a server's and a
// client's certificate, each in a Secret.
//
// The authority's Secret is for nobody to mount: its key signs what is still missing, after a
// command that was ended in the middle, and what replaces the others (rotate). Every command may be
// given again: it takes up where the last one has ended.
//
// Thread-safety: that of the store.

#include <optional>
#include <string>
#include <vector>

#include "certs/secret.hpp"
#include "certs/style.hpp"

namespace mc::certs {

struct Request {
  std::string name;                ///< of the service; the Secrets' names begin with it
  std::string ns;                  ///< namespace, for the names in the cluster's DNS
  std::vector<std::string> hosts;  ///< that clients connect to; empty: `name`, or as they were
  int64_t days = 365;              ///< how long server's and client's certificates are good
  std::optional<Style> style;      ///< absent: Tls, or as it was
  bool newAuthority = false;       ///< rotate: the authority, too
  double now = 0;                  ///< Unix time
};

/// EINVAL: a name that is none for a Secret or in DNS, days below 1 or past the year 9999.
base::Status check(const Request& request);

/// "rabbitmq" is reached as rabbitmq, rabbitmq.NS, rabbitmq.NS.svc and
/// rabbitmq.NS.svc.cluster.local; hosts with a dot, and addresses, are taken as they are.
std::vector<std::string> namesOf(const Request& request);

enum class Outcome { Created, Configured, Unchanged };

struct Issued {
  Outcome outcome = Outcome::Created;
  Secret secret;
};

/// Three new Secrets that no store knows yet.
base::Result<std::vector<Secret>> make(const Request& request);

/// make() into a store. EEXIST, before anything is made, if one of them is there.
base::Result<std::vector<Issued>> create(const Request& request, Store& store);

/// Makes what is missing; keys that are there are kept. EINVAL if what is there does not do: names
/// what, and how to replace it.
base::Result<std::vector<Issued>> apply(const Request& request, Store& store);

/// New keys for server and client, and what is missing. They are of the same authority, so that
/// old and new ones trust each other while services restart; so they do after `newAuthority`, once
/// all have got the new list of authorities. An authority that would not last as long is replaced.
base::Result<std::vector<Issued>> rotate(const Request& request, Store& store);

/// Whether it is time to rotate: a third of the time is left, or less. Names the certificate and
/// its end; empty: no.
std::string renewalNote(const Issued& issued, const Request& request);

}  // namespace mc::certs
