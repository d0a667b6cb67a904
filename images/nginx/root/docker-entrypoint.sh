#!/bin/sh
# Runs what is in /docker-entrypoint.d before nginx, and says so in the words of the official
# image: users and tests look for these lines. Other commands start as they are.
# NGINX_ENTRYPOINT_QUIET_LOGS silences it.
set -eu

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || echo "/docker-entrypoint.sh: $*"; }

hooks() { find /docker-entrypoint.d -follow -type f | sort -V; }

# *.sh run as programs; *.envsh are read in, so that what they export reaches nginx.
run_hook() {
    if ! [ -x "$1" ]; then
        log "Ignoring $1, not executable"
    elif [ "${1%.envsh}" != "$1" ]; then
        log "Sourcing $1"
        # shellcheck disable=SC1090  # a user's file
        . "$1"
    elif [ "${1%.sh}" != "$1" ]; then
        log "Launching $1"
        "$1"
    else
        log "Ignoring $1"
    fi
}

run_hooks() {
    found=$(hooks)
    if [ -z "$found" ]; then
        log "No files found in /docker-entrypoint.d/, skipping configuration"
        return
    fi
    log "/docker-entrypoint.d/ is not empty, will attempt to perform configuration"
    log "Looking for shell scripts in /docker-entrypoint.d/"
    # Not in a pipe: its subshell would lose what an .envsh exports.
    while IFS= read -r hook; do
        run_hook "$hook"
    done <<END
$found
END
    log "Configuration complete; ready for start up"
}

case ${1-} in
    nginx | nginx-debug) run_hooks ;;
esac
exec "$@"
