#include "operator/changes.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "operator/caches.hpp"
#include "operator/objects/names.hpp"

namespace mc::controller {

namespace json = boost::json;
using kube::Object;
using kube::ObjectKey;

namespace {

/// Whether all members but `left` are equal.
bool sameMembers(const Object& a, const Object& b, std::string_view left) {
  const size_t others = a.size() - (a.contains(left) ? 1 : 0);
  if (others != b.size() - (b.contains(left) ? 1 : 0)) return false;
  return std::all_of(a.begin(), a.end(), [&](const auto& member) {
    const auto* other = b.if_contains(member.key());
    return member.key() == left || (other != nullptr && *other == member.value());
  });
}

std::vector<ObjectKey> sortedClusters(const kube::ObjectPtr& object) {
  if (!object) return {};
  auto keys = kube::findText(*object, {"kind"}) == kKind
                  ? std::vector<ObjectKey>{kube::keyOf(*object)}
                  : clustersOf(*object);
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace

std::string appliedHash(const Object& object) {
  return std::string(kube::annotationOf(object, kAppliedHash));
}

bool isSameButVersion(const Object& before, const Object& after) {
  const auto* old = kube::findObject(before, {"metadata"});
  const auto* now = kube::findObject(after, {"metadata"});
  return old != nullptr && now != nullptr && sameMembers(before, after, "metadata") &&
         sameMembers(*old, *now, "resourceVersion");
}

bool isOwnWrite(const kube::Change& change, const std::optional<std::string>& written) {
  return change.after && !change.fromList && written && *written == appliedHash(*change.after);
}

bool isOwnStatus(const kube::Change& change, const std::optional<json::object>& written) {
  if (!change.before || !change.after || change.fromList || !written) return false;
  const auto* status = kube::findObject(*change.after, {"status"});
  Object before = *change.before;
  before["status"] = *written;
  return status != nullptr && *status == *written && isSameButVersion(before, *change.after);
}

bool haveOwnersChanged(const kube::Change& change) {
  return sortedClusters(change.before) != sortedClusters(change.after);
}

std::vector<ObjectKey> concerned(const kube::Change& change) {
  const auto before = sortedClusters(change.before);
  const auto after = sortedClusters(change.after);
  std::vector<ObjectKey> keys;
  if (change.before && change.after)
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                  std::back_inserter(keys));
  if (!keys.empty()) return keys;
  return change.after ? after : before;
}

}  // namespace mc::controller
