#include "flux/commands/job_output.hpp"

#include <cstdio>

#include "flux/commands/session.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/io_data.hpp"

namespace mc::flux::commands {

namespace json = boost::json;

namespace {

// The names of the shell's severities (syslog levels 0 to 7) in its messages.
const char* levelName(int64_t level) {
  if (level <= 2) return "FATAL: ";
  switch (level) {
    case 3:
      return "ERROR: ";
    case 4:
      return " WARN: ";
    case 5:
      return "";
    case 6:
      return "DEBUG: ";
    default:
      return "TRACE: ";
  }
}

int64_t rankCount(std::string_view ranks) {
  const auto set = formats::Idset::parse(ranks);
  return set ? static_cast<int64_t>(set->size()) : 1;
}

}  // namespace

void JobOutput::print(const formats::Event& event, double start) {
  if (event.name == "data") return printData(event.context);
  if (event.name == "header") return printHeader(event.context);
  if (event.name == "redirect") return printRedirect(event.context);
  if (event.name == "log") printLog(event, start);
}

void JobOutput::printHeader(const json::object& context) {
  hasHeader_ = true;
  const auto* count = formats::findObject(context, "count");
  if (count == nullptr) return;
  for (const auto& [stream, number] : *count) open_ += formats::toInteger(number).value_or(0);
}

void JobOutput::printData(const json::object& context) {
  const auto io = formats::decodeIo(context);
  if (!io) return;
  if (!io->data.empty() && io->rank != muted_) {
    FILE* out = io->stream == "stderr" ? sinks_.err : sinks_.out;
    if (out == stderr) flushOutput();
    const std::string text = labelled_ ? labels_.label(io->stream, io->rank, io->data) : io->data;
    std::fwrite(text.data(), 1, text.size(), out);
    std::fflush(out);
  }
  if (io->eof) open_ -= rankCount(io->rank);
}

void JobOutput::printRedirect(const json::object& context) {
  const auto* stream = formats::findString(context, "stream");
  const auto* rank = formats::findString(context, "rank");
  if (stream == nullptr || rank == nullptr) return;
  open_ -= rankCount(*rank);
  const auto* path = formats::findString(context, "path");
  std::string line = std::string(*rank) + ": " + std::string(*stream) + " redirected";
  if (path != nullptr) line += " to " + std::string(*path);
  printError(std::move(line));
}

void JobOutput::printLog(const formats::Event& event, double start) const {
  const json::object& context = event.context;
  const auto* message = formats::findString(context, "message");
  if (message == nullptr) return;
  const auto* component = formats::findString(context, "component");
  const auto rank = formats::getInteger(context, "rank");
  char prefix[64];
  std::snprintf(prefix, sizeof prefix, "%.3fs: flux-shell", event.timestamp - start);
  std::string line = prefix;
  if (rank) line += "[" + std::to_string(*rank) + "]";
  line += ": ";
  line += levelName(formats::getInteger(context, "level").value_or(5));
  if (component != nullptr && !component->empty()) line += std::string(*component) + ": ";
  printError(line + std::string(*message));
}

void JobOutput::printError(std::string line) const {
  flushOutput();
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), sinks_.err);
}

}  // namespace mc::flux::commands
