#include "api/suggest.hpp"

#include <algorithm>
#include <vector>

#include "base/edit_distance.hpp"

namespace mc::api {
namespace {

constexpr size_t kLongestName = 64;

std::vector<std::string_view> namesOf(const Table& table, Versions version) {
  std::vector<std::string_view> names;
  for (const auto& field : table.fields) {
    if ((field.versions & version) != 0) names.push_back(field.name);
  }
  return names;
}

/// The table that has a field of just this name, where the user may have meant to put it.
const Table* homeOf(std::string_view name, Versions version) {
  for (const auto* table : allTables()) {
    if (table->find(name, version) != nullptr) return table;
  }
  return nullptr;
}

struct Near {
  std::string_view name;
  size_t steps = 0;
};

/// Letters that differ; a word that was cut short counts as one.
size_t stepsTo(std::string_view name, std::string_view candidate) {
  constexpr size_t kShortest = 3;
  const size_t steps = base::editDistance(name, candidate);
  return name.size() >= kShortest && candidate.starts_with(name) ? std::min<size_t>(steps, 1)
                                                                 : steps;
}

/// The candidate that `name` is most likely a misspelling of; without name if none is near.
Near nearest(std::string_view name, std::span<const std::string_view> candidates) {
  Near best{{}, std::max<size_t>(1, name.size() / 3) + 1};
  if (name.size() > kLongestName) return best;
  for (const auto candidate : candidates) {
    const size_t steps = stepsTo(name, candidate);
    if (steps < best.steps) best = {candidate, steps};
  }
  return best;
}

std::string question(std::string_view name) {
  return name.empty() ? std::string() : "did you mean `" + std::string(name) + "`?";
}

}  // namespace

std::string didYouMean(std::string_view name, std::span<const std::string_view> candidates) {
  return question(nearest(name, candidates).name);
}

Suggestion suggestField(std::string_view name, const Table& table, Versions version) {
  const Near near = nearest(name, namesOf(table, version));
  const Suggestion misspelled = {"unknown field", question(near.name), near.name};
  const bool found = !near.name.empty();
  if (found && near.steps == 0) return misspelled;
  const Versions other = version == kAlpha1 ? kAlpha2 : kAlpha1;
  if (const auto* field = table.find(name, other)) {
    return {std::string("a field of ") + (other == kAlpha1 ? "v1alpha1" : "v1alpha2") +
                ", which this version lacks",
            std::string(field->instead)};
  }
  if (found && near.steps == 1) return misspelled;
  if (const auto* home = homeOf(name, version))
    return {"unknown field here", "it belongs to " + std::string(home->where)};
  return misspelled;
}

}  // namespace mc::api
