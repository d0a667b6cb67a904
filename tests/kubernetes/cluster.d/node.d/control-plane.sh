# shellcheck shell=bash disable=SC2154  # variables: ../node and its settings
# The servers that only the first node has.

start_api() {
  local c=$certificates
  # Nothing here must outlive the machine: no wait for the disk.
  server etcd --name=node1 --data-dir=/var/lib/etcd --unsafe-no-fsync --log-level=warn \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380
  # Pods of a lost node are given up after 5 s instead of 5 min.
  server kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --bind-address="$address" --advertise-address="$address" --secure-port=6443 \
    --service-cluster-ip-range="$services" --allow-privileged=true \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --default-not-ready-toleration-seconds=5 --default-unreachable-toleration-seconds=5 \
    --audit-policy-file="$files/audit.yaml" --audit-log-path="$node/log/audit.log" \
    --client-ca-file="$c/ca.crt" \
    --tls-cert-file="$c/apiserver.crt" --tls-private-key-file="$c/apiserver.key" \
    --kubelet-certificate-authority="$c/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$c/kubelet-client.crt" \
    --kubelet-client-key="$c/kubelet-client.key" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$c/accounts.pub" \
    --service-account-signing-key-file="$c/accounts.key" \
    --requestheader-client-ca-file="$c/ca.crt" \
    --requestheader-allowed-names=front-proxy-client \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --requestheader-group-headers=X-Remote-Group \
    --requestheader-username-headers=X-Remote-User \
    --proxy-client-cert-file="$c/front-proxy.crt" --proxy-client-key-file="$c/front-proxy.key"
}

# control_server NAME CLIENT ARGUMENT...: one that is a client of the API and serves only itself.
control_server() {
  local name=$1 config=$certificates/$2.kubeconfig
  shift 2
  server "$name" --kubeconfig="$config" --authentication-kubeconfig="$config" \
    --authorization-kubeconfig="$config" --bind-address=127.0.0.1 --leader-elect=false \
    --kube-api-qps=500 --kube-api-burst=1000 "$@"
}

start_controllers() {
  # A node is lost after 12 s without a sign instead of 50 s.
  control_server kube-controller-manager controller-manager \
    --use-service-account-credentials=true --controllers='*' \
    --node-monitor-period=2s --node-monitor-grace-period=12s \
    --service-cluster-ip-range="$services" --cluster-cidr="$all_pods" \
    --service-account-private-key-file="$certificates/accounts.key" \
    --root-ca-file="$certificates/ca.crt" \
    --cluster-signing-cert-file="$certificates/ca.crt" \
    --cluster-signing-key-file="$certificates/ca.key" \
    --requestheader-client-ca-file="$certificates/ca.crt"
  control_server kube-scheduler scheduler
  corefile >"$node/etc/Corefile"
  server coredns -conf "$node/etc/Corefile"
  # The nodes that only seem to run their pods, if somebody makes some: alive every 3 s, in time for
  # the controllers above (every 10 s is not).
  server kwok --kubeconfig="$certificates/admin.kubeconfig" --config="$files/kwok.yaml" \
    --manage-all-nodes=false \
    --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake \
    --node-lease-duration-seconds=12 --server-address=127.0.0.1:10247
}

# A name that does not exist yet must be found as soon as it does: no cache for the cluster's.
corefile() {
  cat <<END
cluster.local in-addr.arpa ip6.arpa {
    bind $address
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $certificates/coredns.kubeconfig
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 1
    }
    forward . $data/resolv.conf
}
. {
    bind $address
    errors
    health 127.0.0.1:8080
    forward . $data/resolv.conf
    cache 30
}
END
}
