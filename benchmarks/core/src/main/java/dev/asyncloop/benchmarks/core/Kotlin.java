package dev.asyncloop.benchmarks.core;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** Kotlin's coroutines, all on one thread. */
public class Kotlin {

    /** Two coroutines that give way to each other. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public void switchBetweenTwo() {
        KotlinCoroutines.switches(Count.OPERATIONS);
    }

    /** A child from its start to its end, with its result. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int startToEnd() {
        return KotlinCoroutines.starts(Count.OPERATIONS, Count.BATCH);
    }

    /** {@code await} of what is done. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfDone() {
        return KotlinCoroutines.awaitsOfDone(Count.OPERATIONS);
    }

    /** {@code await} of what another coroutine completes then. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfPending() {
        return KotlinCoroutines.awaitsOfPending(Count.OPERATIONS);
    }

    /** Ten children, all of which are waited for. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS / Count.TEN)
    public int gatherOfTen() {
        return KotlinCoroutines.starts(Count.OPERATIONS, Count.TEN);
    }

    /** An item through a channel, from one coroutine to another. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int channel() {
        return KotlinCoroutines.channel(Count.OPERATIONS, Count.CAPACITY);
    }

    /** Something with a limit, which does not wait. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int timeout() {
        return KotlinCoroutines.timeouts(Count.OPERATIONS);
    }
}
