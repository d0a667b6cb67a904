#pragma once
// How the shells of a job tell each other what their tasks have put into the PMI key-value store:
// in every barrier each shell sends the leader its new pairs in one request, whose answer is what
// all have sent.
//
// Thread-safety: none; lives on its handle's loop.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "flux/client/handle.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

using PmiPairs = std::map<std::string, std::string, std::less<>>;

class PmiExchange {
 public:
  /// `service`: of the job's shells; outlives this. `method`: of it, for the requests.
  PmiExchange(client::Handle& handle, const Job& job, const std::string& service,
              std::string method = "pmi-exchange");

  /// Gives `mine` away; `done` gets the pairs of all shells that have tasks, once all have come.
  /// One exchange at a time.
  void exchange(const PmiPairs& mine, std::function<void(const base::Result<PmiPairs>& all)> done);

  /// Leader: takes what another shell sends.
  void handle(const broker::Request& request);

 private:
  [[nodiscard]] uint32_t participants() const;
  void add(const boost::json::object& pairs);
  void checkComplete();
  void finish(const base::Result<PmiPairs>& all);

  client::Handle& handle_;
  const Job& job_;
  const std::string& service_;
  std::string method_;
  std::function<void(const base::Result<PmiPairs>&)> done_;
  client::Watch rpc_;
  // Leader: of the exchange that is under way.
  boost::json::object gathered_;
  std::vector<broker::Request> waiting_;
};

}  // namespace mc::flux::shell
