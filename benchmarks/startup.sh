#!/usr/bin/env bash
# What the starter adds to the start of an empty WebFlux application: time until it listens, CPU time and memory by then; each
# as an executable jar, unpacked, and unpacked with the JDK's AOT cache. Starts take turns; the median counts.
# Usage: benchmarks/startup.sh [starts of each=11]
set -euo pipefail
cd "$(dirname "$0")/.."
starts=${1:-11}
. benchmarks/jdk.sh
java=$JAVA_HOME/bin/java

modules=.,async-core,async-spring-boot-starter,benchmarks,benchmarks/startup
for profile in startup startup,with-starter; do
    ./mvnw -q -P"$profile" -pl "$modules" package -Dmaven.test.skip -Dspotless.check.skip -Dinvoker.skip
done
cd benchmarks/startup/target
options=(-Xmx256m -XX:+UseSerialGC)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true' EXIT

for app in without with; do
    rm -rf "$app" "$app.aot"
    "$java" -Djarmode=tools -jar "$app.jar" extract >/dev/null
    "$java" "${options[@]}" -XX:AOTCacheOutput="$app.aot" -Dspring.context.exit=onRefresh -jar "$app/$app.jar" \
        --server.port=0 >"$app-training.log" 2>&1
done

hertz=$(getconf CLK_TCK)
listens() { # how: prints seconds until it listens, seconds of CPU time and MB by then
    local app=$1 log=start.log begun command=("$java" "${options[@]}")
    case $2 in
        jar) command+=(-jar "$app.jar") ;;
        unpacked) command+=(-jar "$app/$app.jar") ;;
        aot) command+=(-XX:AOTCache="$app.aot" -XX:AOTMode=on -jar "$app/$app.jar") ;;
    esac
    : >"$log"
    begun=$(date +%s%N)
    "${command[@]}" --server.address=127.0.0.1 --server.port=0 >"$log" 2>&1 &
    pid=$!
    until grep -q 'Netty started on port' "$log"; do
        kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
        sleep 0.005
    done
    local ended ticks resident
    ended=$(date +%s%N)
    ticks=$(awk '{print $14 + $15}' "/proc/$pid/stat")
    resident=$(awk '/^VmRSS/ {print $2}' "/proc/$pid/status")
    if [ "$app" = with ] && ! grep -q 'event-loop carrier' "$log"; then
        cat "$log" >&2
        exit 1
    fi
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    pid=
    awk -v ns=$((ended - begun)) -v t="$ticks" -v hz="$hertz" -v kb="$resident" \
        'BEGIN {printf "%.3f %.2f %.0f\n", ns / 1e9, t / hz, kb / 1024}'
}

rm -f results-*
for round in $(seq 0 "$starts"); do # the first one warms the disk's cache
    for how in jar unpacked aot; do
        for app in without with; do
            result=$(listens "$app" "$how")
            [ "$round" = 0 ] || echo "$result" >>"results-$app-$how"
        done
    done
done

median() { sort -n -k"$2,$2" "$1" | awk -v column="$2" '{v[NR] = $column} END {print v[int((NR + 1) / 2)]}'; }
echo "| | without | with the starter | added |"
echo "|---|---|---|---|"
for how in jar unpacked aot; do
    for column in 1 2 3; do
        what=$(echo "time until it listens, s;CPU time by then, s;resident memory, MB" | cut -d';' -f"$column")
        without=$(median "results-without-$how" "$column") with=$(median "results-with-$how" "$column")
        awk -v how="$how" -v what="$what" -v a="$without" -v b="$with" -v f="$([ "$column" = 3 ] && echo %.0f || echo %.2f)" \
            'BEGIN {printf "| %s: %s | " f " | " f " | " f " |\n", how, what, a, b, b - a}'
    done
done
