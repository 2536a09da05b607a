#!/bin/sh
# Takes snapshots that generator/generate.sh wrote over into this directory:
#   collect.sh /flink
set -eu
from=$1
here=$(cd "$(dirname "$0")" && pwd)
for kind in "$from"/*/*; do
  [ -f "$kind/flink.json" ] || continue
  to=$here/${kind#"$from"/}
  snapshot=$kind/$(cat "$kind/snapshot.txt")
  rm -rf "$to"
  mkdir -p "$to"
  cp "$snapshot/_metadata" "$kind/flink.json" "$to"
  case ${kind#"$from"/} in
  1.20.5/heap-canonical | 2.2.0/heap-native)
    mkdir "$to/state"
    find "$snapshot" -type f ! -name _metadata ! -name '.*' -exec cp {} "$to/state" \;
    ;;
  esac
done
