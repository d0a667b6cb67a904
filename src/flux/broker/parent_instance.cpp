#include "flux/broker/parent_instance.hpp"

#include "flux/client/handle.hpp"
#include "flux/formats/job_id.hpp"

namespace mc::flux::broker {
namespace {

namespace json = boost::json;

}  // namespace

base::Result<formats::ResourceSet> renumber(const formats::ResourceSet& resources, uint32_t size) {
  if (resources.nodeCount() != size)
    return base::fail(ENOTSUP, std::to_string(size) + " brokers on " +
                                   std::to_string(resources.nodeCount()) +
                                   " nodes: each looks for its own resources");
  formats::ResourceSet out = resources;
  out.nodes.clear();
  std::map<uint32_t, uint32_t> numbers;
  for (const auto& [rank, node] : resources.nodes) {
    const auto number = static_cast<uint32_t>(numbers.size());
    numbers[rank] = number;
    out.nodes[number] = node;
  }
  for (auto& [name, ranks] : out.properties) {
    formats::Idset renumbered;
    for (const uint32_t rank : ranks)
      if (const auto at = numbers.find(rank); at != numbers.end()) renumbered.insert(at->second);
    ranks = renumbered;
  }
  out.scheduling = nullptr;  // it speaks of the ranks of the other instance
  out.nslots.reset();
  return out;
}

base::Result<formats::ResourceSet> enclosingResources(const std::string& uri,
                                                      const std::string& jobId, uint32_t size) {
  MC_TRY_ASSIGN(const formats::JobId id, formats::parseJobId(jobId));
  const auto loop = base::makeLoop();
  MC_TRY_ASSIGN(const auto handle, client::Handle::open(*loop, uri));
  MC_TRY_ASSIGN(
      const json::object answer,
      handle->call("job-info.lookup", {{"id", id}, {"keys", json::array{"R"}}, {"flags", 0}}));
  MC_TRY_ASSIGN(const std::string_view text, formats::getString(answer, "R"));
  MC_TRY_ASSIGN(const auto resources, formats::ResourceSet::parse(text));
  return renumber(resources, size);
}

Announcement::Announcement() = default;
Announcement::~Announcement() = default;

std::unique_ptr<Announcement> Announcement::send(base::Loop& loop, const std::string& parentUri,
                                                 const std::string& jobId,
                                                 const std::string& ownUri,
                                                 std::function<void(const base::Error&)> failed) {
  std::unique_ptr<Announcement> out(new Announcement());
  out->failed_ = std::move(failed);
  const auto begun = out->begin(loop, parentUri, jobId, ownUri);
  if (!begun)
    out->end_ = loop.after(std::chrono::nanoseconds(0),
                           [self = out.get(), error = begun.error()] { self->failed_(error); });
  return out;
}

base::Status Announcement::begin(base::Loop& loop, const std::string& parentUri,
                                 const std::string& jobId, const std::string& ownUri) {
  MC_TRY_ASSIGN(const formats::JobId id, formats::parseJobId(jobId));
  MC_TRY_ASSIGN(handle_, client::Handle::open(loop, parentUri));
  rpc_ = handle_->rpc("job-manager.memo", {{"id", id}, {"memo", json::object{{"uri", ownUri}}}}, {},
                      [this, &loop](const client::Answer& answer) {
                        if (!answer) failed_(answer.error());
                        // Not here, inside a callback of the connection.
                        end_ = loop.after(std::chrono::nanoseconds(0), [this] {
                          rpc_.reset();
                          handle_.reset();
                        });
                      });
  return {};
}

}  // namespace mc::flux::broker
