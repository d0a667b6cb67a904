#include "flux/services/job-info/eventlog_watch.hpp"

#include "flux/formats/eventlog.hpp"
#include "flux/formats/json_text.hpp"

namespace mc::flux::services::info {

namespace {

// Whether an entry is the event of that name. Only entries whose text contains the name are parsed.
bool isEvent(std::string_view line, const std::string& name) {
  if (name.empty() || line.find("\"" + name + "\"") == std::string_view::npos) return false;
  const auto event = formats::parseEvent(line);
  return event && event->name == name;
}

// {"event":"..."}
std::string payloadOf(std::string_view line) {
  std::string out;
  out.reserve(line.size() + line.size() / 4 + 16);  // most quotes are escaped
  out += "{\"event\":";
  formats::appendJsonString(line, out);
  return out += '}';
}

}  // namespace

EventlogWatch::EventlogWatch(broker::Request request, std::string lastEvent,
                             std::function<void()> onEnd)
    : request_(std::move(request)), lastEvent_(std::move(lastEvent)), onEnd_(std::move(onEnd)) {}

void EventlogWatch::follow(kvs::Node& value) {
  changes_ = value.watch([this, &value](kvs::Change change) { onChange(value, change); });
  sendNew(value);
}

void EventlogWatch::awaitCreation(kvs::Store& store, std::string_view ns, std::string_view key) {
  creation_ = store.onCreate(ns, key, [this](kvs::Node& value) {
    creation_.reset();
    follow(value);
  });
}

void EventlogWatch::onChange(kvs::Node& value, kvs::Change change) {
  if (change == kvs::Change::Removed) return end();
  if (change == kvs::Change::Replaced) sent_ = 0;
  sendNew(value);
}

void EventlogWatch::sendNew(const kvs::Node& value) {
  std::string scratch;
  const std::string_view text = value.view(scratch);
  while (!ended_ && sent_ < text.size()) {
    const size_t newline = text.find('\n', sent_);
    if (newline == std::string_view::npos)
      return;  // the rest of the entry comes with the next append
    const std::string_view line = text.substr(sent_, newline + 1 - sent_);
    sent_ = newline + 1;
    request_.respondText(payloadOf(line));
    if (isEvent(line, lastEvent_)) return end();
  }
}

void EventlogWatch::end(int errnum, std::string_view text) {
  if (std::exchange(ended_, true)) return;
  creation_.reset();
  changes_.reset();
  request_.fail(errnum, text);
  onEnd_();
}

}  // namespace mc::flux::services::info
