package dev.asyncloop.benchmarks.runner;

import org.jspecify.annotations.Nullable;

/** What has been measured of one peer at one work. */
final class Result {

    final Peer peer;

    final Work work;

    /** Microseconds of the server's processor time for each request or message. */
    final Series cpuMicros = new Series();

    final Series perSecond = new Series();

    final Series p50Millis = new Series();

    final Series p99Millis = new Series();

    /** Of all repetitions at the fixed rate. */
    int unanswered;

    /** Whether the processor time for a request had settled before it was measured. */
    boolean settled;

    /** Why it is not measured to its end. */
    @Nullable
    String failure;

    double startSeconds;

    double startCpuSeconds;

    double residentMegabytes;

    double peakMegabytes;

    double heapMegabytes;

    Result(Peer peer, Work work) {
        this.peer = peer;
        this.work = work;
    }
}
