#!/bin/sh
# usage: secrets.sh [NAMESPACE] | kubectl create -f -
# Prints a Secret with a new password for RabbitMQ and a new key that Merlin encrypts results with.
# Create it once: a RabbitMQ that has run already keeps its password.
set -eu
password=$(openssl rand -hex 24)
key=$(openssl rand -base64 32 | tr '+/' '-_')
cat <<MANIFEST
apiVersion: v1
kind: Secret
metadata:
  name: merlin
  namespace: ${1:-flux-operator}
stringData:
  rabbitmq-password: $password
  encrypt-data-key: $key
MANIFEST
