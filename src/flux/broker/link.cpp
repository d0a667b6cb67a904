#include "flux/broker/link.hpp"

namespace mc::flux::broker {
namespace {

void appendRoutes(std::string& key, const wire::Message& message) {
  for (const auto& route : message.routes) {
    key += '!';
    key += route;
  }
}

std::string rpcKey(const wire::Message& message) {
  std::string key = std::to_string(message.matchtag());
  appendRoutes(key, message);
  return key;
}

std::string visitKey(const wire::Message& message) {
  std::string key(serviceOf(message.topic));
  key += ' ';
  key += std::to_string(message.nodeid());
  if (message.has(wire::kUpstream)) key += '^';
  appendRoutes(key, message);
  return key;
}

std::vector<wire::Message> takeValues(std::unordered_map<std::string, wire::Message>& map) {
  std::vector<wire::Message> values;
  values.reserve(map.size());
  for (auto& [key, message] : map) values.push_back(std::move(message));
  map.clear();
  return values;
}

}  // namespace

std::string_view serviceOf(std::string_view topic) {
  return topic.substr(0, topic.find('.'));
}

std::string_view methodOf(std::string_view topic) {
  const size_t dot = topic.find('.');
  return dot == std::string_view::npos ? std::string_view{} : topic.substr(dot + 1);
}

void RpcTracker::add(const wire::Message& request) {
  wire::Message header;
  header.type = request.type;
  header.flags = static_cast<uint8_t>(request.flags & ~wire::kPayload);
  header.userid = request.userid;
  header.rolemask = request.rolemask;
  header.aux1 = request.aux1;
  header.aux2 = request.aux2;
  header.routes = request.routes;
  header.topic = request.topic;
  waiting_[rpcKey(request)] = std::move(header);
}

bool RpcTracker::settle(const wire::Message& response) {
  const auto found = waiting_.find(rpcKey(response));
  if (found == waiting_.end()) return false;
  const bool goesOn = found->second.has(wire::kStreaming) && response.errnum() == 0;
  if (!goesOn) waiting_.erase(found);
  return true;
}

std::vector<wire::Message> RpcTracker::takeAll() {
  return takeValues(waiting_);
}

bool Visits::note(const wire::Message& request) {
  const auto [visit, added] = visits_.try_emplace(visitKey(request));
  if (!added) return true;
  if (visits_.size() > kMax) {
    visits_.erase(visit);
    return false;
  }
  wire::Message& disconnect = visit->second;
  disconnect = wire::makeRequest(
      std::string(serviceOf(request.topic)) + ".disconnect", request.nodeid(), 0,
      static_cast<uint8_t>(wire::kNoResponse | wire::kRoute | (request.flags & wire::kUpstream)));
  disconnect.userid = request.userid;
  disconnect.rolemask = request.rolemask;
  disconnect.routes = request.routes;
  return true;
}

void Visits::forget(const wire::Message& disconnect) {
  visits_.erase(visitKey(disconnect));
}

std::vector<wire::Message> Visits::takeAll() {
  return takeValues(visits_);
}

}  // namespace mc::flux::broker
