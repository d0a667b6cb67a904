#!/bin/sh
# With NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE set: as many workers as the container has
# processors by its cgroup's quota. `auto` alone counts those of the machine.
set -eu

[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE-}" ] || exit 0

# Prints "QUOTA PERIOD" in microseconds; version 2 of cgroups first, then version 1.
quota() {
    cat /sys/fs/cgroup/cpu.max 2>/dev/null && return
    paste -d ' ' /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us \
        2>/dev/null || echo max 1
}

workers=$(quota | awk -v cpus="$(nproc)" '{
    # No quota is "max" in version 2 and -1 in version 1; a part of a processor counts as one.
    limit = $1 > 0 && $1 != "max" ? int(($1 + $2 - 1) / $2) : cpus
    print limit < cpus ? limit : cpus
}')
sed -i "s/^worker_processes .*/worker_processes $workers;/" /etc/nginx/nginx.conf
