# shellcheck shell=bash disable=SC2154  # variables: settings() in tools/engine, lib.sh
# Our own dockerd and containerd: their settings, their start and their end.

# A containerd of our own, without the parts that only Kubernetes or other disks need.
containerd_settings() {
  cat <<END
version = 2
root = "$data/containerd"
state = "$run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
address = "$run/containerd.sock"
END
}

# In a file, not as options: options would clash with the machine's /etc/docker/daemon.json.
dockerd_settings() {
  cat <<END
{
  "data-root": "$data/docker",
  "exec-root": "$run/exec",
  "pidfile": "$run/dockerd.pid",
  "hosts": ["$own_host"],
  "containerd": "$run/containerd.sock",
  "containerd-namespace": "minicluster-$name",
  "bridge": "$bridge",
  "mtu": $(way_out_mtu),
  "default-address-pools": [{"base": "$(cat "$data/pool")", "size": 24}],
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "cgroup-parent": "/minicluster-$name",
  "iptables": false,
  "ip-masq": false
}
END
}

start_daemons() {
  local pid
  mkdir -p "$run" "$data/docker" "$data/containerd"
  start_network
  containerd_settings >"$run/containerd.toml"
  dockerd_settings >"$run/daemon.json"
  rm -f "$run/dockerd.pid" "$data/containerd.log" "$data/dockerd.log"
  detached "$data/containerd.log" containerd --config "$run/containerd.toml"
  detached "$data/dockerd.log" dockerd --config-file "$run/daemon.json" \
    --containerd-plugins-namespace "minicluster-$name-plugins" # not known in the file
  pid=$!
  wait_until 60 answers_or_dead "$pid"
  answers "$own_host" || start_failed
}

answers_or_dead() { answers "$own_host" || ! kill -0 "$1" 2>/dev/null; }

start_failed() {
  say "engine: dockerd did not come up; the end of $data/dockerd.log:"
  tail -n 20 "$data/dockerd.log" >&2
  clean_up
  exit 1
}

# Ends what is left of our engine, alive or dead, in the order in which it cannot come back.
clean_up() {
  kill_containers
  end_processes 20 dockerd "$run/daemon.json"
  end_containers
  end_processes 10 containerd "$run/containerd.toml"
  # Mounts first in the data folder: those in the run folder may hold them.
  unmount_under "$data"
  unmount_under "$run"
  remove_cgroups
  stop_network
}

# Else dockerd would give each of them ten seconds to end.
kill_containers() {
  answers "$own_host" || return 0
  local ids
  mapfile -t ids < <(docker -H "$own_host" ps -q)
  [ "${#ids[@]}" -eq 0 ] || docker -H "$own_host" kill "${ids[@]}" >/dev/null 2>&1 || true
}
