#include "entry/accounts.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

namespace mc::entry {
namespace {

using Fields = std::vector<std::string_view>;

Fields split(std::string_view text, char separator) {
  Fields parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The lines that have at least so many fields.
std::vector<Fields> entries(std::string_view text, size_t fields) {
  std::vector<Fields> all;
  for (const auto line : split(text, '\n')) {
    auto parts = split(line, ':');
    if (parts.size() >= fields) all.push_back(std::move(parts));
  }
  return all;
}

std::optional<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Account> account(const Fields& fields) {
  const auto uid = number(fields[2]);
  const auto gid = number(fields[3]);
  if (!uid || !gid) return std::nullopt;
  return Account{std::string(fields[0]), *uid, *gid, std::string(fields[5])};
}

std::optional<Account> findAccount(const std::string& passwd,
                                   const std::function<bool(const Account&)>& matches) {
  for (const auto& fields : entries(passwd, 7)) {
    auto found = account(fields);
    if (found && matches(*found)) return found;
  }
  return std::nullopt;
}

std::set<uint32_t> numbersIn(const std::string& text, size_t fields) {
  std::set<uint32_t> used;
  for (const auto& entry : entries(text, fields))
    if (const auto id = number(entry[2])) used.insert(*id);
  return used;
}

uint32_t firstFree(const std::set<uint32_t>& used, uint32_t wanted) {
  while (used.count(wanted) > 0) ++wanted;
  return wanted;
}

void addLine(std::string& text, const std::string& line) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += line + '\n';
}

}  // namespace

Accounts::Accounts(std::string passwd, std::string group, std::string shadow)
    : passwd_(std::move(passwd)), group_(std::move(group)), shadow_(std::move(shadow)) {}

std::optional<Account> Accounts::find(const std::string& name) const {
  return findAccount(passwd_, [&name](const Account& a) { return a.name == name; });
}

std::optional<Account> Accounts::find(uid_t uid) const {
  return findAccount(passwd_, [uid](const Account& a) { return a.uid == uid; });
}

std::vector<gid_t> Accounts::groupsOf(const std::string& name) const {
  std::vector<gid_t> groups;
  for (const auto& fields : entries(group_, 4)) {
    const auto gid = number(fields[2]);
    for (const auto member : split(fields[3], ','))
      if (gid && member == name) groups.push_back(*gid);
  }
  return groups;
}

gid_t Accounts::groupFor(const std::string& name, gid_t wanted) {
  for (const auto& fields : entries(group_, 3))
    if (const auto gid = number(fields[2]); gid && fields[0] == name) return *gid;
  const gid_t gid = firstFree(numbersIn(group_, 3), wanted);
  addLine(group_, name + ":x:" + std::to_string(gid) + ":");
  return gid;
}

Account Accounts::add(const std::string& name, uid_t uid, const std::string& shell,
                      const std::string& passwordHash, long day) {
  Account added{name, firstFree(numbersIn(passwd_, 4), uid), 0, "/home/" + name};
  added.gid = groupFor(name, added.uid);
  addLine(passwd_, name + ":x:" + std::to_string(added.uid) + ":" + std::to_string(added.gid) +
                       "::" + added.home + ":" + shell);
  // A run that was ended half-way may have left the line.
  for (const auto& fields : entries(shadow_, 2))
    if (fields[0] == name) return added;
  addLine(shadow_, name + ":" + (passwordHash.empty() ? "!" : passwordHash) + ":" +
                       std::to_string(day) + ":0:99999:7:::");
  return added;
}

}  // namespace mc::entry
