#include "flux/shell/pmi_exchange.hpp"

#include <algorithm>

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

base::Result<PmiPairs> pairsOf(const json::object& object) {
  PmiPairs pairs;
  for (const auto& [key, value] : object) {
    const auto* text = value.if_string();
    if (text == nullptr) return base::fail(EPROTO, "PMI value is no string");
    pairs.emplace(key, text->c_str());
  }
  return pairs;
}

}  // namespace

PmiExchange::PmiExchange(client::Handle& handle, const Job& job, const std::string& service,
                         std::string method)
    : handle_(handle), job_(job), service_(service), method_(std::move(method)) {}

uint32_t PmiExchange::participants() const {
  const auto& counts = job_.tasks.counts();
  return static_cast<uint32_t>(
      std::count_if(counts.begin(), counts.end(), [](uint32_t count) { return count > 0; }));
}

void PmiExchange::exchange(const PmiPairs& mine,
                           std::function<void(const base::Result<PmiPairs>&)> done) {
  done_ = std::move(done);
  json::object pairs;
  for (const auto& [key, value] : mine) pairs[key] = value;
  if (job_.isLeader()) {
    add(pairs);
    return checkComplete();
  }
  rpc_ = handle_.rpc(
      service_ + "." + method_, {{"pairs", std::move(pairs)}}, {job_.leaderRank},
      [this](const client::Answer& answer) {
        if (!answer) return finish(base::pass(answer.error()));
        const auto* all = formats::findObject(*answer, "pairs");
        finish(all ? pairsOf(*all)
                   : base::Result<PmiPairs>(base::fail(EPROTO, "no pairs in the answer")));
      });
}

void PmiExchange::handle(const broker::Request& request) {
  const auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  const auto* pairs = formats::findObject(*payload, "pairs");
  if (pairs == nullptr || !job_.isLeader()) return request.fail(EPROTO);
  add(*pairs);
  waiting_.push_back(request);
  checkComplete();
}

void PmiExchange::add(const json::object& pairs) {
  for (const auto& [key, value] : pairs) gathered_[key] = value;
}

void PmiExchange::checkComplete() {
  if (waiting_.size() + (done_ ? 1 : 0) < participants()) return;
  const json::object all = std::exchange(gathered_, {});
  const json::object payload{{"pairs", all}};
  for (const broker::Request& request : std::exchange(waiting_, {})) request.respond(payload);
  if (done_) finish(pairsOf(all));
}

void PmiExchange::finish(const base::Result<PmiPairs>& all) {
  const auto done = std::exchange(done_, nullptr);
  if (done) done(all);
}

}  // namespace mc::flux::shell
