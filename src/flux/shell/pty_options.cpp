#include "flux/shell/pty_options.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {

// Set by "-o NAME" (1), "-o NAME=true"; not by 0 and false.
bool isOn(const json::value* value) {
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  const auto number = formats::toInteger(*value);
  return !number || *number != 0;
}

base::Result<formats::Idset> ranksOf(const json::value& value, uint32_t tasks) {
  const auto everyone = formats::Idset::range(0, tasks - 1);
  if (const auto* text = value.if_string(); text != nullptr && *text == "all") return everyone;
  const std::string text = value.is_string() ? value.get_string().c_str() : formats::toJson(value);
  MC_TRY_ASSIGN(const auto ranks, formats::Idset::parse(text).prefixed("pty.ranks"));
  return ranks.intersection(everyone);
}

}  // namespace

base::Result<PtyOptions> PtyOptions::of(const Job& job) {
  PtyOptions out;
  const json::value* option = job.option("pty");
  if (!isOn(option)) return out;
  const uint32_t tasks = job.tasks.tasks();
  out.ranks = formats::Idset::range(0, tasks - 1);
  out.capture = true;
  const json::object* table = option->if_object();
  if (table == nullptr) return out;
  out.interactive = isOn(formats::find(*table, "interactive"));
  if (out.interactive) {
    out.ranks = formats::Idset::single(0);
    out.capture = isOn(formats::find(*table, "capture"));
  }
  if (const json::value* ranks = formats::find(*table, "ranks")) {
    MC_TRY_ASSIGN(out.ranks, ranksOf(*ranks, tasks));
  }
  return out;
}

}  // namespace mc::flux::shell
