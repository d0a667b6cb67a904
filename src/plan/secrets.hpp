#pragma once
// What of a manifest is secret: the CURVE certificate and users' passwords.
//
// Thread-safety: pure functions.

#include <map>
#include <string>

#include "plan/plan.hpp"

namespace mc::plan {

/// Only a cluster that may have several brokers needs a certificate; one in the manifest is taken.
bool needsCurveCert(const api::MiniCluster& cluster);

/// Files below entry::kMountPath that the manifest itself brings (see Plan::secretFiles).
std::map<std::string, std::string> secretFiles(const api::MiniCluster& cluster);

}  // namespace mc::plan
