#!/usr/bin/env bash
# Many WebSockets on one server, each with a suspended coroutine: memory of one, and how long a broadcast takes to the last.
# Build first: ./mvnw -q package -pl benchmarks -am -DskipTests
# Usage: benchmarks/websockets.sh [connections=10000] [broadcasts=20] [carrier=event-loop]
set -euo pipefail
cd "$(dirname "$0")"
connections=${1:-10000} broadcasts=${2:-20} carrier=${3:-event-loop}

jar=target/benchmarks.jar port=9110
[ -f "$jar" ] || { echo "There is no $jar; build it: ./mvnw -q package -pl benchmarks -am -DskipTests" >&2; exit 1; }
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
[ "$(ulimit -n)" -ge $((connections + 200)) ] || ulimit -n $((connections + 200)) ||
    { echo "$connections connections need as many open files; raise the limit: ulimit -n" >&2; exit 1; }

options="--add-opens java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC"
# shellcheck disable=SC2086
"$java" $options -Xmx512m -XX:+UseCompactObjectHeaders -jar "$jar" --server.address=127.0.0.1 --server.port=$port \
    --spring.profiles.active=websocket --ioloop.carrier="$carrier" --logging.level.root=warn \
    --spring.main.banner-mode=off >target/websockets.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 1 300); do
    curl -s -o /dev/null "http://127.0.0.1:$port/listeners" && break
    sleep 0.1
done
# shellcheck disable=SC2086
timeout 300 "$java" $options -Xmx1g -Dloader.main=dev.asyncloop.benchmarks.WebSocketScale -cp "$jar" \
    org.springframework.boot.loader.launch.PropertiesLauncher "127.0.0.1:$port" "$server" "$connections" "$broadcasts"
