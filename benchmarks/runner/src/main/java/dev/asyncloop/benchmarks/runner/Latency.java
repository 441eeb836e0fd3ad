package dev.asyncloop.benchmarks.runner;

import java.util.Arrays;

/**
 * How long answers took at a fixed rate, counted from when each was due to be asked for: who makes the load wait is not
 * forgiven for it.
 *
 * @param unanswered how many had not come two seconds after the last was due; they count as long as they have taken by then
 */
record Latency(double p50Millis, double p99Millis, int unanswered) {

    static Latency of(long[] nanos, int count, int unanswered) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return new Latency(at(sorted, 0.5), at(sorted, 0.99), unanswered);
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
    }
}
