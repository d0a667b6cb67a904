// Feeds bytes to every reader of Flux formats; what one accepts must come back the same when it is
// written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "flux/formats/duration.hpp"
#include "flux/formats/eventlog.hpp"
#include "flux/formats/hostlist.hpp"
#include "flux/formats/idset.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/job_id.hpp"
#include "flux/formats/jobspec.hpp"
#include "flux/formats/resource_set.hpp"
#include "flux/formats/signed_jobspec.hpp"

namespace {

using namespace mc::flux::formats;

void require(bool holds) {
  if (!holds) std::abort();
}

void checkText(std::string_view text) {
  if (const auto id = parseJobId(text))
    require(*parseJobId(formatJobId(*id, JobIdForm::F58)) == *id);
  if (const auto set = Idset::parse(text)) require(*Idset::parse(set->str()) == *set);
  if (const auto hosts = Hostlist::parse(text); hosts && hosts->size() < 1000)
    require(Hostlist::parse(hosts->str())->hosts() == hosts->hosts());
  if (const auto seconds = parseDuration(text)) (void)formatDuration(*seconds);
  if (const auto payload = unwrapUnsigned(text))
    require(unwrapUnsigned(wrapUnsigned(payload->payload, payload->userid))->payload ==
            payload->payload);
  const IoData io{"stdout", "0", std::string(text), false};
  require(decodeIo(encodeIo(io))->data == io.data);
}

void checkJson(std::string_view text) {
  if (const auto value = parseJson(text)) require(*parseJson(toJson(*value)) == *value);
  if (const auto set = ResourceSet::parse(text); set && set->nodeCount() < 1000) {
    const auto again = ResourceSet::parse(set->toJson());
    require(again && again->ranks() == set->ranks());
    (void)set->summary();
  }
  if (const auto jobspec = Jobspec::parse(text)) (void)jobspec->name();
  if (const auto log = parseEventlog(text))
    for (const auto& event : *log) require(parseEvent(formatEvent(event)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  checkText(text);
  checkJson(text);
  return 0;
}
