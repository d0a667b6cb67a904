#!/bin/sh
# Fills the environment's values into /etc/nginx/templates/*.template and writes the results
# to /etc/nginx/conf.d/. Only variables that exist are replaced: nginx has $names of its own.
set -eu

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
filter=${NGINX_ENVSUBST_FILTER-}

say() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || echo "${0##*/}: $*"; }

[ -d "$templates" ] || exit 0
if ! [ -w "$output" ]; then
    say "ERROR: $templates exists, but $output is not writable"
    exit 0
fi

names=$(awk -v filter="$filter" \
    'BEGIN { for (name in ENVIRON) if (name ~ filter) printf "${%s} ", name }')

find "$templates" -follow -type f -name "*$suffix" | while IFS= read -r template; do
    relative=${template#"$templates/"}
    target=$output/${relative%"$suffix"}
    mkdir -p "${target%/*}"
    say "Running envsubst on $template to $target"
    envsubst "$names" <"$template" >"$target"
done
