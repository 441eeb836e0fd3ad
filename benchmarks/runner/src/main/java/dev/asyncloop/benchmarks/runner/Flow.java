package dev.asyncloop.benchmarks.runner;

/**
 * What came back while as much was asked for as the server could do.
 *
 * @param count answers, or messages received
 * @param seconds how long it took
 */
record Flow(long count, double seconds) {

    double perSecond() {
        return count / seconds;
    }
}
