package dev.asyncloop.benchmarks.runner;

import java.util.ArrayList;
import java.util.List;

/** What a run has found until now: who has failed at a work is listed, and not among its results. */
final class Findings {

    private final List<Result> all = new ArrayList<>();

    void add(List<Result> results) {
        all.addAll(results);
    }

    List<Result> results() {
        return all.stream().filter(result -> result.failure == null).toList();
    }

    List<Result> failures() {
        return all.stream().filter(result -> result.failure != null).toList();
    }
}
