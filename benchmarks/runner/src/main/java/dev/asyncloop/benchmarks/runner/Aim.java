package dev.asyncloop.benchmarks.runner;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A figure to reach: what this project takes of a processor, in parts of what the better setting of a peer takes.
 *
 * @param subject who it is about
 * @param family whom it is compared with
 * @param most the ratio that is not to be exceeded
 */
record Aim(String subject, String family, Work work, double most) {

    static final List<Aim> ALL = Stream.of(
                    aims("webflux-virtual", 0.45, 0.4, 0.55),
                    aims("webflux-reactive", 0.6, 0.6, 0.65),
                    aims("vertx-virtual", 1, 1, 1),
                    aims("micronaut-loom", 1.2, 1.2, 1.2),
                    aims("tornado", 1.0 / 12, 1.0 / 12, 1.0 / 12),
                    Arrays.stream(Work.values())
                            .map(work -> new Aim("jdk", Peer.SUBJECT, work, 1.4))
                            .toList())
            .flatMap(List::stream)
            .toList();

    private static List<Aim> aims(String family, double hello, double fetch, double ten) {
        return List.of(
                new Aim(Peer.SUBJECT, family, Work.HELLO, hello),
                new Aim(Peer.SUBJECT, family, Work.FETCH, fetch),
                new Aim(Peer.SUBJECT, family, Work.TEN, ten));
    }

    /** Returns the ratio of the medians, if both have been measured. */
    Optional<Double> reached(List<Result> results) {
        Optional<Double> mine = best(results, subject);
        return best(results, family).flatMap(other -> mine.map(value -> value / other));
    }

    private Optional<Double> best(List<Result> results, String name) {
        return results.stream()
                .filter(result -> result.work == work && result.peer.family().equals(name))
                .map(result -> result.cpuMicros.median())
                .min(Comparator.naturalOrder());
    }
}
