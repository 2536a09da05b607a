#!/bin/sh
# Writes snapshots with one version of Flink below a directory:
#   generate.sh 1.20.5 OUT [kind...]
# Needs JDK 17 and Maven; fetches that Flink from Maven Central.
set -eu
version=$1
out=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/pom.xml" "$here/src" "$work"
# flink-dstl-dfs is not published for every release.
dstl=${DSTL_VERSION:-$version}
sed -i "/flink-dstl-dfs/{n;s|\${flink.version}|$dstl|}" "$work/pom.xml"
mvn -q -B -ntp -f "$work/pom.xml" "-Dflink.version=$version" compile org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/classpath"
mkdir -p "$out"
java --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED -Dorg.slf4j.simpleLogger.defaultLogLevel=${LOG_LEVEL:-error} \
  -Xmx700m -cp "$work/target/classes:$(cat "$work/classpath")" com.sluice.savepoints.Generate "$out" "$@"
