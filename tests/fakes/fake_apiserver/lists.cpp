#include "fakes/fake_apiserver/lists.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "fakes/fake_apiserver/base64.hpp"
#include "fakes/fake_apiserver/json_util.hpp"

namespace mc::fakes {

namespace json = boost::json;

namespace {

constexpr const char* kTokenTooOld =
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list.";

/// Where a list goes on: after this key, in the state of this revision (-1: the newest).
struct Position {
  int64_t revision = 0;
  std::string after;
};

std::string keyText(const StoreKey& key) {
  return key.ns + "/" + key.name;
}

/// Whether `key` comes behind the key with the text `after` in the store's order.
bool isBehind(const StoreKey& key, const std::string& after) {
  const auto slash = after.find('/');
  if (slash == std::string::npos) return true;
  return std::pair(key.ns, key.name) > std::pair(after.substr(0, slash), after.substr(slash + 1));
}

std::string toToken(const Position& position) {
  return toBase64(json::serialize(
      json::object{{"v", "meta.k8s.io/v1"}, {"rv", position.revision}, {"start", position.after}}));
}

Outcome<Position> readToken(const std::string& token) {
  const auto bytes = fromBase64(token);
  boost::system::error_code error;
  const auto value = bytes ? json::parse(*bytes, error) : json::value();
  if (error || !value.is_object())
    return refuse(
        badRequest("invalid continue token: continue key is not valid: illegal base64 data"));
  const auto& object = value.get_object();
  return Position{numberAt(object, {"rv"}).value_or(0), textAt(object, {"start"})};
}

ApiError tokenExpired(const Position& position) {
  auto error = expired(kTokenTooOld);
  error.listMetadata["continue"] = toToken({-1, position.after});
  return error;
}

/// The revision whose state a list shows.
Outcome<int64_t> revisionOf(const World& world, const ListQuery& query) {
  const auto current = world.store.revision();
  if (query.resourceVersion.empty() || query.resourceVersion == "0") {
    if (query.resourceVersionMatch == "Exact")
      return refuse(invalid("meta.k8s.io", "ListOptions", "",
                            {forbiddenValue("resourceVersionMatch",
                                            "resourceVersionMatch \"Exact\" is forbidden for "
                                            "resourceVersion \"" +
                                                query.resourceVersion + "\"")}));
    return current;
  }
  MC_TRY_ASSIGN(const auto wanted, readRevision(query.resourceVersion));
  if (wanted > current) return refuse(revisionTooLarge(wanted, current));
  const bool exact = query.resourceVersionMatch == "Exact" ||
                     (query.resourceVersionMatch.empty() && query.limit > 0);
  if (!exact) return current;
  if (wanted < world.store.compacted())
    return refuse(expired("The provided resource version is too old."));
  return wanted;
}

struct Page {
  json::array items;
  std::string lastKey;
  int64_t remaining = 0;
};

Outcome<Page> takePage(const World& world, const Target& target, const Selection& selection,
                       int64_t revision, const std::string& after, int64_t limit) {
  Page page;
  for (const auto& [key, object] : world.store.list(target.type->id(), target.ns, revision)) {
    if (!isBehind(key, after)) continue;
    MC_TRY_ASSIGN(auto shown, fromStored(target, *object));
    if (!selection.matches(shown)) continue;
    if (limit > 0 && static_cast<int64_t>(page.items.size()) >= limit) {
      ++page.remaining;
      continue;
    }
    page.lastKey = keyText(key);
    page.items.push_back(std::move(shown));
  }
  return page;
}

}  // namespace

Outcome<int64_t> readRevision(const std::string& text) {
  int64_t revision = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (error != std::errc() || end != text.data() + text.size() || revision < 0)
    return refuse(
        invalid("meta.k8s.io", "ListOptions", "",
                {invalidValue("resourceVersion", quoted(text),
                              "strconv.ParseUint: parsing " + quoted(text) + ": invalid syntax")}));
  return revision;
}

Outcome<Selection> readSelection(const Target& target, const std::string& labelSelector,
                                 const std::string& fieldSelector) {
  Selection selection;
  MC_TRY_ASSIGN(selection.labels, LabelSelector::parse(labelSelector));
  MC_TRY_ASSIGN(selection.fields,
                FieldSelector::parse(fieldSelector, target.type->selectableFields));
  return selection;
}

Outcome<json::object> listObjects(const World& world, const Target& target,
                                  const ListQuery& query) {
  MC_TRY_ASSIGN(const auto selection,
                readSelection(target, query.labelSelector, query.fieldSelector));
  Position position;
  if (query.continueToken.empty()) {
    MC_TRY_ASSIGN(position.revision, revisionOf(world, query));
  } else {
    MC_TRY_ASSIGN(position, readToken(query.continueToken));
    if (position.revision < 0) position.revision = world.store.revision();
    if (position.revision < world.store.compacted()) return refuse(tokenExpired(position));
  }
  MC_TRY_ASSIGN(auto page,
                takePage(world, target, selection, position.revision, position.after, query.limit));
  json::object meta{{"resourceVersion", std::to_string(position.revision)}};
  if (page.remaining > 0) {
    meta["continue"] = toToken({position.revision, page.lastKey});
    if (selection.labels.empty() && selection.fields.empty())
      meta["remainingItemCount"] = page.remaining;
  }
  return json::object{{"kind", target.type->kind + "List"},
                      {"apiVersion", target.version.apiVersion()},
                      {"metadata", std::move(meta)},
                      {"items", std::move(page.items)}};
}

Outcome<std::vector<StoreKey>> selectKeys(const World& world, const Target& target,
                                          const ListQuery& query) {
  MC_TRY_ASSIGN(const auto selection,
                readSelection(target, query.labelSelector, query.fieldSelector));
  std::vector<StoreKey> keys;
  for (const auto& [key, object] :
       world.store.list(target.type->id(), target.ns, world.store.revision())) {
    MC_TRY_ASSIGN(const auto shown, fromStored(target, *object));
    if (selection.matches(shown)) keys.push_back(key);
  }
  return keys;
}

}  // namespace mc::fakes
