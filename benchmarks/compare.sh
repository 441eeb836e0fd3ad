#!/usr/bin/env bash
# Server CPU time per request: coroutines on both carriers against the same application in reactive style.
# All servers run from the start; rounds are interleaved, and the median of each counts. Needs wrk and a JDK 25.
# Usage: benchmarks/compare.sh [rounds=5] [seconds=4] [connections=32]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-4} connections=${3:-32}
command -v wrk >/dev/null || { echo "wrk is missing; install it, for instance with apt-get install wrk" >&2; exit 1; }

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])' ||
    { echo "$java is no JDK 25; set JAVA_HOME to one" >&2; exit 1; }

./mvnw -q -pl .,async-core,async-spring-boot-starter,benchmarks package -DskipTests -Dspotless.check.skip
jar=benchmarks/target/benchmarks.jar

pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

start() { # name port arguments...
    local name=$1 port=$2
    shift 2
    "$java" -Xmx512m -XX:+UseSerialGC "${jvm[@]}" -jar "$jar" --server.address=127.0.0.1 --server.port="$port" \
        --upstream=http://127.0.0.1:9100 --logging.level.root=warn --spring.main.banner-mode=off "$@" >"benchmarks/target/$name.log" 2>&1 &
    pids+=($!)
    pid[$name]=$! ports[$name]=$port
    for _ in $(seq 1 200); do
        curl -s -o /dev/null "http://127.0.0.1:$port/hello" && return
        sleep 0.1
    done
    echo "$name did not start; see benchmarks/target/$name.log" >&2
    exit 1
}

declare -A pid ports
jvm=()
start upstream 9100 --spring.profiles.active=reactive --ioloop.web.enabled=false
start event-loop 9101 --spring.profiles.active=coroutine --ioloop.carrier=event-loop
start jdk 9102 --spring.profiles.active=coroutine --ioloop.carrier=jdk
start reactive 9103 --spring.profiles.active=reactive --ioloop.web.enabled=false
jvm=(-Dreactor.netty.ioWorkerCount=1)
start reactive-1 9104 --spring.profiles.active=reactive --ioloop.web.enabled=false
variants="event-loop jdk reactive reactive-1"

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
hertz=$(getconf CLK_TCK)

measure() { # variant path seconds: prints microseconds of server CPU time per request
    local before after requests out
    before=$(ticks "${pid[$1]}")
    out=$(wrk -t1 -c"$connections" -d"$3s" "http://127.0.0.1:${ports[$1]}$2")
    after=$(ticks "${pid[$1]}")
    requests=$(echo "$out" | awk '/requests in/ {print $1}')
    if echo "$out" | grep -qE 'Non-2xx|Socket errors'; then
        echo "$1 $2: $out" >&2
        exit 1
    fi
    awk -v t=$((after - before)) -v hz="$hertz" -v n="$requests" 'BEGIN {printf "%.2f\n", t / hz * 1e6 / n}'
}

for path in /hello /fetch; do
    declare -A results=()
    for variant in $variants; do measure "$variant" "$path" 10 >/dev/null; done # warm up
    for _ in $(seq 1 "$rounds"); do
        for variant in $variants; do results[$variant]+="$(measure "$variant" "$path" "$seconds") "; done
    done
    echo "$path: µs of server CPU time per request, median of $rounds rounds of $seconds s (min to max)"
    for variant in $variants; do
        echo "${results[$variant]}" | tr ' ' '\n' | sed '/^$/d' | sort -n |
            awk -v name="$variant" '{v[NR] = $1} END {printf "  %-11s %7.2f  (%.2f to %.2f)\n", name, v[int((NR + 1) / 2)], v[1], v[NR]}'
    done
done
