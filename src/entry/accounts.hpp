#pragma once
// The texts of /etc/passwd, /etc/group and /etc/shadow, and how a user is added to them.
//
// What is there is kept byte for byte, lines that make no sense included; an account is only ever
// added. Sources: passwd(5), group(5), shadow(5).
// Thread-safety: a plain value.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace mc::entry {

struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
};

class Accounts {
 public:
  Accounts(std::string passwd, std::string group, std::string shadow);

  [[nodiscard]] std::optional<Account> find(const std::string& name) const;
  [[nodiscard]] std::optional<Account> find(uid_t uid) const;
  /// The groups that name the user as a member.
  [[nodiscard]] std::vector<gid_t> groupsOf(const std::string& name) const;

  /// Adds a user with a group of the same name and the home directory /home/NAME. It gets `uid`, or
  /// the next one that is free; its group gets the same number if that is free. `passwordHash` is
  /// crypt(3)'s; empty: no password opens the account. `day`: days since 1970-01-01.
  Account add(const std::string& name, uid_t uid, const std::string& shell,
              const std::string& passwordHash, long day);

  [[nodiscard]] const std::string& passwd() const { return passwd_; }
  [[nodiscard]] const std::string& group() const { return group_; }
  [[nodiscard]] const std::string& shadow() const { return shadow_; }

 private:
  gid_t groupFor(const std::string& name, gid_t wanted);

  std::string passwd_;
  std::string group_;
  std::string shadow_;
};

}  // namespace mc::entry
