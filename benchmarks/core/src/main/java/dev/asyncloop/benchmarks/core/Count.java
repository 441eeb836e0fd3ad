package dev.asyncloop.benchmarks.core;

/** How often each benchmark does its thing in one call, so that beginning and end of the call do not count. */
final class Count {

    static final int OPERATIONS = 10_000;

    /** How many coroutines are started before they are waited for. */
    static final int BATCH = 100;

    static final int TEN = 10;

    static final int CAPACITY = 64;

    private Count() {}
}
