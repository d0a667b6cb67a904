#!/bin/bash
# docker-script.sh one-by-one|side-by-side: the alternative of bench local-start, the nginx tutorial
# started by hand: two pods of a pause, a Flux and an nginx container, made with the docker command.
# Prints the lead's output and removes everything. NAME, NAMESPACE, SUBDOMAIN, MOUNT (folder with
# entry, Flux and settings), TOOLS and IMAGE come from the environment.
set -euo pipefail
how=$1
net=script-$NAME

# Runs a command at once, or behind the caller's back until `settle`.
step() { if [[ $how == side-by-side ]]; then "$@" >/dev/null & else "$@" >/dev/null; fi; }
settle() { wait; }

remove() {
  docker rm -f -v script-$NAME-{0,1}-{pause,nginx,flux} >/dev/null 2>&1 || true
  docker network rm "$net" >/dev/null 2>&1 || true
}
trap remove EXIT
remove

docker network create "$net" >/dev/null
for i in 0 1; do
  step docker run -d --name "script-$NAME-$i"-pause --network "$net" --hostname $NAME-$i \
    --network-alias $NAME-$i --network-alias $NAME-$i.$SUBDOMAIN.$NAMESPACE.svc.cluster.local \
    --ipc shareable --entrypoint /opt/minicluster/bin/minicluster-entry "$TOOLS" pause
done
settle
for i in 0 1; do
  pod=container:"script-$NAME-$i"-pause
  step docker run -d --name "script-$NAME-$i"-nginx --network "$pod" --ipc "$pod" nginx
  step docker run -d --name "script-$NAME-$i"-flux --network "$pod" --ipc "$pod" \
    -e JOB_COMPLETION_INDEX=$i -v "$MOUNT:/opt/minicluster:ro" \
    --entrypoint /opt/minicluster/bin/minicluster-entry "$IMAGE"
done
settle
docker logs -f script-$NAME-0-flux
