# shellcheck shell=bash
# Images of one layer, made without an engine. Sourced.

# image_archive NAME FOLDER CONFIG [ARCHITECTURE]: prints an image with the one layer
# FOLDER/layer.tar, in the format of `docker save` (moby's image specification v1.2), which
# containerd, Docker and Podman load. The same input gives the same bytes. If there is a
# FOLDER/layer.tar.gz beside, made from it, that goes into the archive in its place.
image_archive() {
  local name=$1 folder=$2 layer config architecture=${4:-$(dpkg --print-architecture)}
  local file=layer.tar
  layer=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
  printf '{"architecture": "%s", "os": "linux", "config": %s, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
    "$architecture" "$3" "$layer" >"$folder/config"
  [ ! -e "$folder/layer.tar.gz" ] || file=layer.tar.gz
  config=$(sha256sum "$folder/config" | cut -d ' ' -f 1).json
  mv "$folder/config" "$folder/$config"
  printf '[{"Config": "%s", "RepoTags": ["%s"], "Layers": ["%s"]}]' \
    "$config" "$name" "$file" >"$folder/manifest.json"
  tar -C "$folder" --owner 0 --group 0 --mtime @0 -cf - manifest.json "$config" "$file"
}
