#include "flux/shell/input.hpp"

#include <algorithm>

namespace mc::flux::shell {

namespace {

/// Senders wait while more than this is queued.
constexpr size_t kHighWater = 1u << 20;

}  // namespace

Input::Input(client::Handle& handle, const Job& job, const std::string& service, const Tasks& tasks,
             EventSink* log)
    : handle_(handle), job_(job), service_(service), tasks_(tasks), log_(log) {}

void Input::handle(const broker::Request& request) {
  const auto payload = request.object();
  if (!payload) return request.fail(payload.error());
  auto io = formats::decodeIo(*payload);
  if (!io) return request.fail(io.error());
  if (job_.optionText("input.stdin.type", "service") == "file")
    return request.fail(EINVAL, "stdin of this job comes from a file");
  const auto everyone = formats::Idset::range(0, job_.tasks.tasks() - 1);
  auto ranks =
      io->rank == "all" ? base::Result<formats::Idset>(everyone) : formats::Idset::parse(io->rank);
  if (!ranks) return request.fail(ranks.error());
  io->stream = "stdin";
  note(*io);
  deliver(*io, *ranks);
  waiting_.push_back(request);
  progress();
}

void Input::deliver(const formats::IoData& io, const formats::Idset& ranks) {
  for (const auto& task : tasks_)
    if (ranks.contains(task->rank())) task->writeInput(io.data, io.eof);
  if (job_.isLeader() && job_.nodes() > 1) forward(io, ranks);
}

void Input::forward(const formats::IoData& io, const formats::Idset& ranks) {
  for (uint32_t shell = 1; shell < job_.nodes(); ++shell) {
    const auto there = job_.tasks.tasksOn(shell).intersection(ranks);
    if (there.empty()) continue;
    formats::IoData part = io;
    part.rank = there.str();
    const size_t bytes = io.data.size();
    forwarded_ += bytes;
    rpcs_.push_back(handle_.rpc(service_ + ".stdin", formats::encodeIo(part),
                                {job_.brokerRankOf(shell)}, [this, bytes](const client::Answer&) {
                                  forwarded_ -= bytes;
                                  progress();
                                }));
  }
}

void Input::note(const formats::IoData& io) {
  if (log_ == nullptr) return;
  if (!std::exchange(headerWritten_, true))
    log_->append(kInputLog, "header",
                 {{"version", 1},
                  {"encoding", {{"stdin", "UTF-8"}}},
                  {"count", {{"stdin", 1}}},
                  {"options", boost::json::object()}});
  log_->append(kInputLog, "data", formats::encodeIo(io));
}

size_t Input::backlog() const {
  size_t bytes = forwarded_ + (log_ != nullptr ? log_->backlog() : 0);
  for (const auto& task : tasks_) bytes = std::max(bytes, task->inputBacklog());
  return bytes;
}

void Input::progress() {
  if (waiting_.empty() || backlog() > kHighWater) return;
  for (const broker::Request& request : std::exchange(waiting_, {})) request.respond();
  if (forwarded_ == 0) rpcs_.clear();
}

}  // namespace mc::flux::shell
