#!/bin/bash
# usage: pack.sh ARCHIVE FOLDER FILE...
# Makes a zip archive of FILEs, given relative to FOLDER. The same files give the same bytes, for
# every user and at any time, which no archiver at hand promises. gzip does the real work: behind a
# header of 10 bytes it writes the very stream that zip archives hold, then the CRC and the size.
set -euo pipefail

readonly local_header='504b0304' central_header='504b0102' end_record='504b0506'
readonly version='1400' flags='0008' deflate='0800' # names are UTF-8
readonly made_by_unix='1403'
readonly time_and_date='00002100' # 1980-01-01, the beginning of time there
readonly mode='0000a481'          # a regular file, rw-r--r--

# le SIZE NUMBER: hexadecimal digits of a little-endian number.
le() {
  local digits i out=
  printf -v digits "%0$((2 * $1))x" "$2"
  for ((i = 2 * $1 - 2; i >= 0; i -= 2)); do out+=${digits:i:2}; done
  printf '%s' "$out"
}

# bytes DIGITS...: writes what they stand for.
bytes() {
  local IFS=
  local digits="$*"
  # shellcheck disable=SC2059
  printf "$(printf '%s' "$digits" | sed 's/../\\x&/g')"
}

main() {
  local archive=$1 folder=$2 file work directory='' offset=0 count=0
  shift 2
  work=$(mktemp -d "$archive.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  : >"$work/zip"
  : >"$work/directory"
  for file; do
    gzip -9 -n -c "$folder/$file" >"$work/gz"
    local size packed crc fields
    size=$(stat -c %s "$folder/$file")
    packed=$(($(stat -c %s "$work/gz") - 18))
    crc=$(tail -c 8 "$work/gz" | head -c 4 | od -An -tx1 | tr -d ' \n')
    fields="$version$flags$deflate$time_and_date$crc$(le 4 "$packed")$(le 4 "$size")"
    fields+="$(le 2 "${#file}")0000"
    {
      bytes "$local_header" "$fields"
      printf '%s' "$file"
      tail -c +11 "$work/gz" | head -c "$packed"
    } >>"$work/zip"
    {
      bytes "$central_header" "$made_by_unix" "$fields" 000000000000 "$mode" "$(le 4 "$offset")"
      printf '%s' "$file"
    } >>"$work/directory"
    offset=$(stat -c %s "$work/zip")
    count=$((count + 1))
  done
  directory=$(stat -c %s "$work/directory")
  {
    cat "$work/zip" "$work/directory"
    bytes "$end_record" 00000000 "$(le 2 "$count")" "$(le 2 "$count")" \
      "$(le 4 "$directory")" "$(le 4 "$offset")" 0000
  } >"$work/archive"
  mv "$work/archive" "$archive"
}
main "$@"
