#!/bin/sh
# Lets the default server listen on IPv6 too, unless its file is somebody else's by now.
set -eu

conf=/etc/nginx/conf.d/default.conf

info() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || echo "${0##*/}: info: $*"; }

if ! [ -f /proc/net/if_inet6 ]; then
    info "ipv6 not available"
elif ! [ -f "$conf" ]; then
    info "$conf is not a file or does not exist"
elif ! touch "$conf" 2>/dev/null; then
    info "can not modify $conf (read-only file system?)"
elif grep -q 'listen \[::\]:80;' "$conf"; then
    info "IPv6 listen already enabled"
else
    info "Getting the checksum of $conf"
    if sha256sum --check --status /usr/share/nginx/default.conf.sha256; then
        sed -i 's/^\( *\)listen 80;/&\n\1listen [::]:80;/' "$conf"
        info "Enabled listen on IPv6 in $conf"
    else
        info "$conf differs from the packaged version"
    fi
fi
