# shellcheck shell=bash disable=SC2154  # variables: settings() in ../cluster, lib.sh
# One authority of the cluster's own, a certificate for each server and client, and a
# kubeconfig for each client. Each file appears whole, so that a killed run can be continued.

new_key() { openssl ecparam -name prime256v1 -genkey -noout; }

# made FILE COMMAND...: FILE holds COMMAND's output, unless it is there already.
made() {
  local file=$1
  shift
  [ ! -s "$file" ] || return 0
  (
    umask 077
    "$@" >"$file.new"
  )
  mv "$file.new" "$file"
}

self_signed() { openssl req -x509 -new -key ca.key -subj /CN=minicluster-test -days 3650; }

extensions() {
  echo "keyUsage = digitalSignature"
  echo "extendedKeyUsage = serverAuth, clientAuth"
  [ -z "$1" ] || echo "subjectAltName = $1"
}

signed() { # KEY SUBJECT [ALTERNATIVE-NAMES]
  openssl req -new -key "$1" -subj "$2" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \
      -days 3650 -extfile <(extensions "${3-}") 2>/dev/null
}

certificate() { # NAME SUBJECT [ALTERNATIVE-NAMES]
  made "$1.key" new_key
  made "$1.crt" signed "$1.key" "$2" "${3-}"
}

kubeconfig() { # NAME
  cat <<END
{"apiVersion": "v1", "kind": "Config", "current-context": "$name",
 "clusters": [{"name": "$name", "cluster": {"server": "https://$(node_address 1):6443",
  "certificate-authority-data": "$(base64 -w 0 ca.crt)"}}],
 "contexts": [{"name": "$name", "context": {"cluster": "$name", "user": "$1"}}],
 "users": [{"name": "$1", "user": {"client-certificate-data": "$(base64 -w 0 "$1.crt")",
  "client-key-data": "$(base64 -w 0 "$1.key")"}}]}
END
}

client() { # NAME SUBJECT
  certificate "$@"
  made "$1.kubeconfig" kubeconfig "$1"
}

public_key() { openssl ec -in "$1" -pubout 2>/dev/null; }

node_certificates() {
  local subject=/O=system:nodes/CN=system:node:node$1
  certificate "kubelet-server$1" "$subject" "DNS:node$1,IP:$(node_address "$1")"
  client "kubelet$1" "$subject"
}

# make_certificates NODES
make_certificates() {
  mkdir -p "$data/certificates"
  (cd "$data/certificates" && make_all "$1")
}

make_all() {
  local i names
  made ca.key new_key
  made ca.crt self_signed
  made accounts.key new_key
  made accounts.pub public_key accounts.key
  names=$(printf 'DNS:%s,' kubernetes kubernetes.default kubernetes.default.svc \
    kubernetes.default.svc.cluster.local)
  certificate apiserver /CN=kube-apiserver "${names}IP:$(node_address 1),IP:$(first_service)"
  certificate front-proxy /CN=front-proxy-client
  certificate kubelet-client /O=system:masters/CN=apiserver-kubelet-client
  client admin /O=system:masters/CN=admin
  client controller-manager /CN=system:kube-controller-manager
  client scheduler /CN=system:kube-scheduler
  client proxy /CN=system:kube-proxy
  client coredns /CN=coredns
  for ((i = 1; i <= $1; i++)); do node_certificates "$i"; done
}
