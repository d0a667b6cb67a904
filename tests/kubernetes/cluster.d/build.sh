# shellcheck shell=bash disable=SC2154  # variables: settings() in ../cluster, lib.sh
# Kubernetes, etcd, CoreDNS and kwok from Go modules, and the image of a pod's first process.

readonly source_folder=$here/cluster.d/source
# Not in the same module: it needs other versions of Kubernetes' libraries.
readonly kwok=sigs.k8s.io/kwok/cmd/kwok@v0.7.0
# For machines whose Go is older than Kubernetes asks for, as Debian 12's is.
readonly go_release=go1.26.8
readonly kubernetes_programs=(etcd kube-apiserver kube-controller-manager kube-proxy
  kube-scheduler kubectl kubelet)

# What is built changes with the sources, and with this file.
build_hash() {
  (cd "$here/cluster.d" && find source build.sh -type f -print0 | sort -z | xargs -0 sha256sum) |
    sha256sum | cut -c 1-16
}
binaries() { echo "$mc_cache/kubernetes/build-$(build_hash)"; }

required_version() { sed -nE "s,^\s*$1 v?([0-9.]+).*,\1,p" "$source_folder/go.mod" | head -n 1; }

# The release of a `go`: 1.26.8.
release_of() { "$1" version 2>/dev/null | sed -nE 's/^go version go([0-9.]+).*/\1/p'; }

new_enough() {
  local required
  required=$(required_version go)
  [ "$(printf '%s\n' "$required" "$1" | sort -V | head -n 1)" = "$required" ]
}

# Go's own releases are a module too, checked against Go's checksum database as any other. Module
# archives have no modes, so the programs in it are made executable here.
fetch_go() { # GO FOLDER
  local module
  say "note: fetching $go_release, as this machine's go is $(release_of "$1")"
  module=$(cd / && GOFLAGS=-mod=mod "$1" mod download -json \
    "golang.org/toolchain@v0.0.1-$go_release.linux-$("$1" env GOARCH)" |
    sed -nE 's/^\s*"Dir": "(.*)",?$/\1/p')
  [ -d "$module" ] || die "$go_release can't be had from Go's module proxy"
  rm -rf "$2.new"
  cp -r --no-preserve=mode "$module" "$2.new"
  chmod +x "$2.new"/bin/* "$2.new"/pkg/tool/*/*
  rm -rf "$2"
  mv "$2.new" "$2"
}

# The path of a go that can build it all.
usable_go() {
  local go fetched=$mc_cache/kubernetes/$go_release
  for go in "$(command -v go)" /usr/local/go/bin/go "$fetched/bin/go"; do
    [ ! -x "$go" ] || ! new_enough "$(release_of "$go")" || { echo "$go"; return; }
  done
  go=$(command -v go) || die "no go here; tools/install kubernetes brings it"
  fetch_go "$go" "$fetched"
  echo "$fetched/bin/go"
}

# What `kubectl version` and /version say.
version_flags() {
  local version package
  version=$(required_version k8s.io/kubernetes)
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' "$package" "gitVersion=v$version" "$package" "gitMajor=${version%%.*}" \
      "$package" "gitMinor=$(cut -d . -f 2 <<<"$version")" "$package" gitTreeState=clean \
      "$package" "gitCommit=$(printf '0%.0s' {1..40})" "$package" buildDate=2026-01-01T00:00:00Z
  done
}

build_programs() { # FOLDER
  local go program
  go=$(usable_go)
  local -x CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
  say "note: building Kubernetes $(required_version k8s.io/kubernetes); minutes, but only once"
  (cd "$source_folder" &&
    "$go" build -v -trimpath -ldflags "-s -w $(version_flags)" -o "$1/" ./kube ./coredns)
  GOBIN=$1 "$go" install -v -trimpath -ldflags '-s -w' "$kwok"
  for program in "${kubernetes_programs[@]}"; do
    ln -s kube "$1/$program"
  done
}

build_pause() { # FOLDER
  local work=$1/pause.d
  mkdir "$work"
  cc -static -Os -s -o "$work/pause" "$here/cluster.d/pause.c"
  tar -C "$work" --owner 0 --group 0 -cf "$work/layer.tar" pause
  image_archive localhost/pause:1 "$work" '{"Entrypoint": ["/pause"]}' >"$1/pause.tar"
  rm -r "$work"
}

# What older sources gave, unless a cluster still runs on it.
remove_old_builds() {
  local folder
  for folder in "$mc_cache"/kubernetes/build-*; do
    [ "$folder" = "$1" ] || readlink /proc/[0-9]*/exe 2>/dev/null | grep -qF "$folder/" ||
      rm -rf "$folder"
  done
}

build() {
  local folder
  folder=$(binaries)
  [ ! -d "$folder" ] || return 0
  mkdir -p "$mc_cache/kubernetes"
  exec {building}>"$mc_cache/kubernetes/build.lock"
  flock "$building"
  if [ ! -d "$folder" ]; then
    rm -rf "$folder.new"
    mkdir "$folder.new"
    build_programs "$folder.new"
    build_pause "$folder.new"
    mv "$folder.new" "$folder"
    remove_old_builds "$folder"
  fi
  exec {building}>&-
}
