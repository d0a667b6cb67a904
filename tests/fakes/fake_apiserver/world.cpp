#include "fakes/fake_apiserver/world.hpp"

#include <array>
#include <cstdio>

#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

void setVersion(json::object& object, const ResourceType& type, const ServedVersion& version) {
  object["apiVersion"] = version.apiVersion();
  object["kind"] = type.kind;
}

}  // namespace

World::World() {
  for (auto& type : builtinTypes()) types.add(std::move(type));
}

std::string World::newUid() {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "5eed0000-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(++uids_));
  return text.data();
}

std::string World::newSuffix() {
  static constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  // Steps through all suffixes without repeating one early, and looks as random as the real ones.
  uint64_t number = ++suffixes_ * 5'000'011;
  std::string suffix;
  for (int i = 0; i < 5; ++i, number /= kLetters.size())
    suffix += kLetters[number % kLetters.size()];
  return suffix;
}

HookContext World::hookContext(std::string freshUid) {
  return {wall(), std::move(freshUid), [this] { return ++numbers_; }};
}

Outcome<json::object> fromStored(const Target& target, const json::object& object) {
  json::object shown = object;
  if (target.version.fromStored) {
    MC_TRY_ASSIGN(shown, target.version.fromStored(std::move(shown)));
  }
  setVersion(shown, *target.type, target.version);
  return shown;
}

Outcome<json::object> toStored(const Target& target, json::object object) {
  if (target.version.toStored) {
    MC_TRY_ASSIGN(object, target.version.toStored(std::move(object)));
  }
  setVersion(object, *target.type, target.type->storedVersion());
  return object;
}

}  // namespace mc::fakes
