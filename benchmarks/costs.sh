#!/usr/bin/env bash
# What a coroutine costs, on both carriers. Build first: ./mvnw -q package -pl benchmarks -am -DskipTests
set -euo pipefail
cd "$(dirname "$0")"

jar=target/benchmarks.jar
[ -f "$jar" ] || { echo "There is no $jar; build it: ./mvnw -q package -pl benchmarks -am -DskipTests" >&2; exit 1; }
for carrier in EVENT_LOOP JDK; do
    java --add-opens java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx2g \
        -Dloader.main=dev.asyncloop.benchmarks.CoroutineCosts -cp "$jar" \
        org.springframework.boot.loader.launch.PropertiesLauncher "$carrier"
done
