package dev.asyncloop.benchmarks.runner;

import java.util.List;

/** The processors on which something may run: a list as {@code taskset -c} takes it. */
record Cpus(String list) {

    /** Reads an option; {@code all} are those that this JVM has been given. */
    static Cpus of(String option) {
        return option.equals("all") ? Machine.allCpus() : new Cpus(option);
    }

    /** The start of a command that is to run there. */
    List<String> taskset() {
        return List.of("taskset", "-c", list);
    }

    @Override
    public String toString() {
        return list;
    }
}
