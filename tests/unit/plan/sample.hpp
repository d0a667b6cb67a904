#pragma once
// MiniClusters for the tests of plan.

#include "api/minicluster.hpp"

namespace mc::plan {

/// The first tutorial's cluster: Flux and an nginx beside it, size 2, v1alpha1.
inline api::MiniCluster sampleCluster() {
  api::MiniCluster cluster;
  cluster.metadata.name = "flux-sample";
  cluster.metadata.ns = "flux-operator";
  cluster.apiVersion = "flux-framework.org/v1alpha1";
  cluster.size = cluster.maxSize = 2;
  cluster.flux.socket = "/run/flux/local";
  cluster.logging.strict = true;
  api::Container flux;
  flux.name = "flux-sample";
  flux.image = "debian";
  flux.runFlux = true;
  flux.command = "curl -s localhost";
  flux.fluxUser = api::FluxUser{};
  cluster.containers.push_back(flux);
  api::Container nginx;
  nginx.name = nginx.image = "nginx";
  nginx.ports = {80};
  cluster.containers.push_back(nginx);
  return cluster;
}

/// The same as v1alpha2 has it: Flux's files below /mnt/flux, no user of its own.
inline api::MiniCluster alpha2Cluster() {
  api::MiniCluster cluster = sampleCluster();
  cluster.apiVersion = "flux-framework.org/v1alpha2";
  cluster.flux.socket = "/mnt/flux/config/run/flux/local";
  cluster.containers[0].fluxUser.reset();
  cluster.logging.strict = false;
  cluster.headlessName = cluster.metadata.name;
  return cluster;
}

/// A container of the services pod.
inline api::Container registry() {
  api::Container container;
  container.name = "registry";
  container.image = "registry";
  container.ports = {5000, 5001};
  return container;
}

}  // namespace mc::plan
