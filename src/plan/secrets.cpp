#include "plan/secrets.hpp"

namespace mc::plan {

bool needsCurveCert(const api::MiniCluster& cluster) {
  return cluster.maxSize > 1;
}

std::map<std::string, std::string> secretFiles(const api::MiniCluster& cluster) {
  std::map<std::string, std::string> files;
  if (needsCurveCert(cluster) && !cluster.flux.curveCert.empty())
    files[entry::kCurveCertFile] = cluster.flux.curveCert;
  std::string users;
  for (const auto& user : cluster.users)
    if (!user.password.empty()) users += user.name + ":" + user.password + "\n";
  if (!users.empty()) files[entry::kUsersFile] = users;
  return files;
}

}  // namespace mc::plan
