package dev.asyncloop.benchmarks.runner;

/**
 * What came back while as much was asked for as the server could do.
 *
 * @param count answers, or messages received
 * @param seconds how long it took
 * @param cpuSeconds the processor time that the server had meanwhile
 */
record Flow(long count, double seconds, double cpuSeconds) {

    /** Not a number if nothing came back. */
    double cpuMicros() {
        return count == 0 ? Double.NaN : cpuSeconds * 1e6 / count;
    }

    double perSecond() {
        return count / seconds;
    }
}
