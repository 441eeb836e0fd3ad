#!/usr/bin/env bash
# What the core's operations cost, beside virtual threads and Kotlin's coroutines; writes docs/benchmarks/core.md.
# Usage: benchmarks/core.sh [--quick]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/jdk.sh

page=docs/benchmarks/core.md forks=3 iterations=5 millis=1000
if [ "${1:-}" = --quick ]; then page=benchmarks/target/quick/core.md forks=1 iterations=2 millis=200; fi

./mvnw -q -Pcore -pl .,async-core,benchmarks,benchmarks/core package -Dmaven.test.skip -Dspotless.check.skip
exec "$JAVA_HOME/bin/java" -cp "benchmarks/core/target/core.jar:benchmarks/core/target/lib/*" \
    dev.asyncloop.benchmarks.core.CoreMain "$page" "$forks" "$iterations" "$millis"
