#include "flux/broker/bootstrap_pmi.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <sstream>

#include "base/fd.hpp"
#include "flux/broker/bootstrap_keys.hpp"
#include "flux/formats/json.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;
using overlay::Endpoint;
using overlay::Topology;

/// What each broker tells of itself.
struct Card {
  std::string hostname;
  std::string where;  ///< equal where unix sockets reach
  std::string path;   ///< of its socket

  [[nodiscard]] std::string text() const {
    return formats::toJson(json::object{{"hostname", hostname}, {"where", where}, {"path", path}});
  }
  static base::Result<Card> parse(const std::string& text) {
    MC_TRY_ASSIGN(const json::object card, formats::parseJsonObject(text));
    Card out;
    MC_TRY_ASSIGN(out.hostname, formats::getString(card, "hostname"));
    MC_TRY_ASSIGN(out.where, formats::getString(card, "where"));
    MC_TRY_ASSIGN(out.path, formats::getString(card, "path"));
    return out;
  }
};

/// Names the kernel and the file systems that we see.
std::string whereabouts() {
  const auto boot = base::readFile("/proc/sys/kernel/random/boot_id");
  char space[64] = {};
  const ssize_t n = ::readlink("/proc/self/ns/mnt", space, sizeof space - 1);
  if (!boot || n <= 0) return "unknown";
  return boot->substr(0, boot->find('\n')) + "/" + space;
}

std::string numeric(const overlay::SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.storage.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr, text,
                sizeof text);
  else
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr, text,
                sizeof text);
  return text;
}

/// The interface of the default route; empty if there is none.
std::string defaultInterface() {
  const auto table = base::readFile("/proc/net/route");
  std::istringstream lines(table ? *table : "");
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string interface;
    std::string destination;
    if (words >> interface >> destination && destination == "00000000") return interface;
  }
  return {};
}

/// Where the other brokers reach this one: a port that the system chooses.
base::Result<Endpoint> tcpEndpoint(const PmiPlace& place) {
  const bool byName = place.interfaceHint == "hostname";
  const std::string interface =
      place.interfaceHint == "default-route" ? defaultInterface() : place.interfaceHint;
  if (byName || interface.empty()) return Endpoint{Endpoint::Kind::Tcp, "*", 0};
  MC_TRY_ASSIGN(
      const auto addresses,
      overlay::bindAddresses({Endpoint::Kind::Tcp, interface, 0}).prefixed("tbon.interface-hint"));
  return Endpoint{Endpoint::Kind::Tcp, numeric(addresses.front()), 0};
}

class Meeting {
 public:
  Meeting(PmiClient& pmi, const PmiPlace& place, Topology topology) : pmi_(pmi), place_(place) {
    boot_.method = "simple";
    boot_.rank = pmi.rank();
    boot_.topology = std::move(topology);
  }

  base::Result<Boot> run() {
    MC_TRY(askLauncher());
    if (pmi_.size() == 1) {
      boot_.hosts.append(place_.hostname);
    } else {
      MC_TRY(exchangeCards());
      MC_TRY(anyFar() ? meetFar() : meetNear());
    }
    if (boot_.mapping.empty()) boot_.mapping = taskMapping(boot_.hosts);
    MC_TRY(pmi_.finalize());
    return std::move(boot_);
  }

 private:
  /// The level is told by Flux alone.
  base::Status askLauncher() {
    if (const auto level = pmi_.get("flux.instance-level")) {
      uint32_t number = 1;
      std::from_chars(level->data(), level->data() + level->size(), number);
      const char* id = ::getenv("FLUX_JOB_ID");
      boot_.enclosing = Enclosing{number, id != nullptr ? id : pmi_.storeName()};
    }
    if (const auto text = pmi_.get("flux.taskmap")) {
      auto map = formats::parseJson(*text);
      if (map && map->is_object())
        if (auto* list = map->get_object().if_contains("map"))
          boot_.mapping = formats::toJson(*list);
      if (map && map->is_array()) boot_.mapping = formats::toJson(*map);
    }
    return {};
  }

  base::Status exchangeCards() {
    const Card mine{place_.hostname, place_.where.empty() ? whereabouts() : place_.where,
                    place_.rundir + "/tbon-" + std::to_string(boot_.rank)};
    MC_TRY(pmi_.put("card." + std::to_string(boot_.rank), mine.text()));
    MC_TRY(pmi_.barrier());
    for (uint32_t rank = 0; rank < pmi_.size(); ++rank) {
      MC_TRY_ASSIGN(const std::string text, pmi_.get("card." + std::to_string(rank)));
      MC_TRY_ASSIGN(Card card, Card::parse(text).prefixed("rank " + std::to_string(rank)));
      boot_.hosts.append(card.hostname);
      cards_.push_back(std::move(card));
    }
    return {};
  }

  [[nodiscard]] bool isFar(uint32_t parent, uint32_t child) const {
    return cards_[parent].where == "unknown" || cards_[parent].where != cards_[child].where;
  }
  [[nodiscard]] bool servesFar(uint32_t rank) const {
    for (const uint32_t child : boot_.topology.children(rank))
      if (isFar(rank, child)) return true;
    return false;
  }
  [[nodiscard]] bool anyFar() const {
    for (uint32_t rank = 0; rank < pmi_.size(); ++rank)
      if (servesFar(rank)) return true;
    return false;
  }

  [[nodiscard]] Endpoint nearEndpoint(uint32_t rank) const {
    return {Endpoint::Kind::Ipc, cards_[rank].path, 0};
  }

  base::Status meetNear() {
    if (!boot_.topology.children(boot_.rank).empty()) boot_.bind = nearEndpoint(boot_.rank);
    if (const auto parent = boot_.topology.parent(boot_.rank)) boot_.parent = nearEndpoint(*parent);
    return {};
  }

  /// One listener serves all children, so that near ones come by TCP too where any is far.
  base::Status meetFar() {
    MC_TRY_ASSIGN(const KeyPair pair, KeyPair::generate());
    MC_TRY(pmi_.put("pubkey." + std::to_string(boot_.rank), pair.publicText()));
    if (servesFar(boot_.rank)) MC_TRY(listen());
    MC_TRY(pmi_.barrier());
    MC_TRY(boot_.rank == 0 ? handOutKey(pair) : pmi_.barrier());
    if (boot_.rank != 0) MC_TRY(takeKey(pair));
    const auto parent = boot_.topology.parent(boot_.rank);
    if (!servesFar(boot_.rank) && !boot_.topology.children(boot_.rank).empty())
      boot_.bind = nearEndpoint(boot_.rank);
    if (!parent) return {};
    if (!servesFar(*parent)) {
      boot_.parent = nearEndpoint(*parent);
      return {};
    }
    MC_TRY_ASSIGN(const std::string uri, pmi_.get("uri." + std::to_string(*parent)));
    MC_TRY_ASSIGN(boot_.parent, Endpoint::parse(uri));
    return {};
  }

  base::Status listen() {
    MC_TRY_ASSIGN(Endpoint endpoint, tcpEndpoint(place_));
    MC_TRY_ASSIGN(base::Fd listener, overlay::listenOn(endpoint));
    MC_TRY_ASSIGN(endpoint.port, overlay::boundPort(listener.get()));
    boot_.listener = std::make_shared<base::Fd>(std::move(listener));
    boot_.bind = endpoint;
    if (endpoint.host == "*") endpoint.host = place_.hostname;
    return pmi_.put("uri." + std::to_string(boot_.rank), endpoint.uri());
  }

  base::Status handOutKey(const KeyPair& pair) {
    MC_TRY_ASSIGN(KeyBytes key, randomKey());
    for (uint32_t rank = 1; rank < pmi_.size(); ++rank) {
      MC_TRY_ASSIGN(const std::string receiver, pmi_.get("pubkey." + std::to_string(rank)));
      MC_TRY_ASSIGN(const std::string sealed, pair.seal(key, receiver));
      MC_TRY(pmi_.put("key." + std::to_string(rank), sealed));
    }
    MC_TRY(keep(key));
    return pmi_.barrier();
  }

  base::Status takeKey(const KeyPair& pair) {
    MC_TRY_ASSIGN(const std::string sender, pmi_.get("pubkey.0"));
    MC_TRY_ASSIGN(const std::string sealed, pmi_.get("key." + std::to_string(boot_.rank)));
    MC_TRY_ASSIGN(KeyBytes key, pair.open(sealed, sender));
    return keep(key);
  }

  base::Status keep(KeyBytes& key) {
    auto secret = overlay::Secret::derive(key);
    cleanse(key);
    if (!secret) return base::pass(secret.error());
    boot_.secret = std::move(*secret);
    return {};
  }

  PmiClient& pmi_;
  const PmiPlace& place_;
  Boot boot_;
  std::vector<Card> cards_;
};

}  // namespace

base::Result<Boot> bootPmi(PmiClient& pmi, const PmiPlace& place) {
  MC_TRY(pmi.initialize());
  MC_TRY_ASSIGN(Topology topology,
                Topology::parse(place.topology, pmi.size()).prefixed("tbon.topo"));
  return Meeting(pmi, place, std::move(topology)).run();
}

}  // namespace mc::flux::broker
