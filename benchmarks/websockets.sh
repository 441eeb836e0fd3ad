#!/usr/bin/env bash
# Many WebSockets on one server, each with a suspended coroutine: memory of one, and how long a broadcast takes to the last.
# Usage: benchmarks/websockets.sh [connections=10000] [broadcasts=20] [carrier=event-loop]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/jdk.sh
connections=${1:-10000} broadcasts=${2:-20} carrier=${3:-event-loop}

own=.,async-core,async-spring-boot-starter,benchmarks,benchmarks/peers/async-loop
./mvnw -q -pl "$own" package -Dmaven.test.skip -Dspotless.check.skip
target=benchmarks/peers/async-loop/target jar=benchmarks/peers/async-loop/target/app.jar port=9110
[ "$(ulimit -n)" -ge $((connections + 200)) ] || ulimit -n $((connections + 200)) ||
    { echo "$connections connections need as many open files; raise the limit: ulimit -n" >&2; exit 1; }

java=$JAVA_HOME/bin/java
options="--add-opens java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC"
# shellcheck disable=SC2086
PORT=$port UPSTREAM=http://127.0.0.1/ "$java" $options -Xmx512m -XX:+UseCompactObjectHeaders -jar "$jar" \
    --ioloop.carrier="$carrier" >"$target/websockets.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 1 300); do
    curl -s -o /dev/null "http://127.0.0.1:$port/listeners" && break
    sleep 0.1
done
# shellcheck disable=SC2086
timeout 300 "$java" $options -Xmx1g -Dloader.main=dev.asyncloop.benchmarks.app.WebSocketScale -cp "$jar" \
    org.springframework.boot.loader.launch.PropertiesLauncher "127.0.0.1:$port" "$server" "$connections" "$broadcasts"
