#include "entry/users.hpp"

#include "entry/accounts.hpp"
#include "entry/password.hpp"

namespace mc::entry {
namespace {

using base::Result;
using base::Status;

constexpr const char* kPasswd = "/etc/passwd";
constexpr const char* kGroup = "/etc/group";
constexpr const char* kShadow = "/etc/shadow";
constexpr uid_t kFirstUser = 1000;
constexpr double kSecondsPerDay = 86400;

/// Adds users to the accounts of an image.
class UserMaker {
 public:
  UserMaker(Files& files, const Messages& messages, double wall)
      : files_(files),
        messages_(messages),
        day_(static_cast<long>(wall / kSecondsPerDay)),
        accounts_(textOf(kPasswd), textOf(kGroup), textOf(kShadow)) {}

  [[nodiscard]] const Accounts& accounts() const { return accounts_; }

  Account make(const std::string& name, uid_t uid, const std::string& passwordHash) {
    if (const auto there = accounts_.find(name)) return *there;
    const auto owner = accounts_.find(uid);
    const Account made = accounts_.add(name, uid, shell(), passwordHash, day_);
    if (owner)
      messages_.info("uid " + std::to_string(uid) + " is user " + owner->name +
                     " in this image: user " + name + " gets uid " + std::to_string(made.uid));
    made_.push_back(made);
    return made;
  }

  /// passwd comes last: a user that is there has its group and shadow line.
  Status save() {
    if (made_.empty()) return {};
    MC_TRY(files_.makeDirectory("/etc", 0755, std::nullopt));
    MC_TRY(files_.rewrite(kGroup, accounts_.group(), 0644));
    MC_TRY(files_.rewrite(kShadow, accounts_.shadow(), 0600));
    MC_TRY(files_.rewrite(kPasswd, accounts_.passwd(), 0644));
    for (const auto& account : made_)
      MC_TRY(files_.makeDirectory(account.home, 0755, Owner{account.uid, account.gid}));
    return {};
  }

 private:
  std::string textOf(const char* path) const { return files_.read(path).value_or(""); }
  std::string shell() const { return files_.exists("/bin/bash") ? "/bin/bash" : "/bin/sh"; }

  Files& files_;
  const Messages& messages_;
  long day_;
  Accounts accounts_;
  std::vector<Account> made_;
};

/// The hash of a user's password; empty if it has none.
Result<std::string> passwordHashOf(const std::string& name, const std::string& passwords) {
  for (size_t begin = 0; begin < passwords.size();) {
    const size_t end = std::min(passwords.find('\n', begin), passwords.size());
    const std::string line = passwords.substr(begin, end - begin);
    if (line.rfind(name + ":", 0) == 0) return hashPassword(line.substr(name.size() + 1));
    begin = end + 1;
  }
  return std::string();
}

Identity identityOf(const Account& account, const Accounts& accounts) {
  return {Owner{account.uid, account.gid}, accounts.groupsOf(account.name), account.name,
          account.home};
}

Identity own(const Accounts& accounts, uid_t uid) {
  const auto account = accounts.find(uid);
  Identity identity;
  if (account) identity = {std::nullopt, {}, account->name, account->home};
  return identity;
}

bool isReadOnly(int errnum) {
  return errnum == EROFS || errnum == EBUSY || errnum == EACCES;
}

}  // namespace

Result<Identity> makeUsers(const Settings& settings, const std::string& passwords,
                           const Caller& caller, Files& files, const Messages& messages) {
  UserMaker maker(files, messages, caller.wall);
  if (caller.uid != 0) return own(maker.accounts(), caller.uid);
  Identity identity = own(maker.accounts(), 0);
  const bool asUser = !settings.asRoot && !settings.user.empty();
  if (asUser) {
    const Account flux = maker.make(settings.user, static_cast<uid_t>(settings.uid), "");
    identity = identityOf(flux, maker.accounts());
  }
  for (const auto& name : settings.userNames) {
    MC_TRY_ASSIGN(const std::string hash, passwordHashOf(name, passwords));
    maker.make(name, kFirstUser, hash);
  }
  const Status saved = maker.save();
  if (saved) return identity;
  if (!isReadOnly(saved.error().errnum))
    return base::pass(saved.error().prefixed("users can't be made"));
  messages.error("no users are made in this image: " + saved.error().message);
  if (asUser) identity.home.clear();
  return identity;
}

}  // namespace mc::entry
