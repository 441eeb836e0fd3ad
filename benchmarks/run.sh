#!/usr/bin/env bash
# Measures this project and its peers on the same work, in one run; writes tables and a chart to docs/benchmarks.
# Builds everything first (--no-build: what was built before). Other options: benchmarks/run.sh --help
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in wrk taskset nginx; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null ||
        { echo "$tool is missing; install it, for instance with apt-get install wrk util-linux nginx-light" >&2; exit 1; }
done
/usr/bin/python3 -c 'import tornado' 2>/dev/null ||
    { echo "Python's Tornado is missing; install it, for instance with apt-get install python3-tornado" >&2; exit 1; }
. benchmarks/jdk.sh

build=yes arguments=()
for argument in "$@"; do
    if [ "$argument" = --no-build ]; then build=no; else arguments+=("$argument"); fi
    if [ "$argument" = --help ]; then build=no; fi
done

if [ "$build" = yes ] || [ ! -f benchmarks/runner/target/runner.jar ]; then
    own=.,async-core,async-spring-boot-starter,benchmarks,benchmarks/runner,benchmarks/peers/async-loop
    for profile in '' -Pactuator; do
        # shellcheck disable=SC2086
        ./mvnw -q $profile -pl "$own" package -Dmaven.test.skip -Dspotless.check.skip
        for peer in webflux webmvc; do
            # shellcheck disable=SC2086
            ./mvnw -q $profile -f "benchmarks/peers/$peer/pom.xml" package
        done
    done
    for peer in vertx micronaut reactor-netty; do
        ./mvnw -q -f "benchmarks/peers/$peer/pom.xml" package
    done
fi

ulimit -n "$(ulimit -Hn)"
exec "$JAVA_HOME/bin/java" -Xmx256m -XX:+UseSerialGC -Dproject="$PWD" -jar benchmarks/runner/target/runner.jar \
    ${arguments[@]+"${arguments[@]}"}
