package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** On what it is measured; without the machine's name. */
final class Machine {

    /** Read before the load's own JVM gives up some of them. */
    private static final List<Integer> CPUS = cpus(value("/proc/self/status", "Cpus_allowed_list"));

    private Machine() {}

    static Cpus allCpus() {
        return list(CPUS);
    }

    /** Where servers run unless told otherwise: on one processor, if the load finds another. */
    static Cpus firstCpu() {
        return CPUS.size() > 1 ? list(CPUS.subList(0, 1)) : allCpus();
    }

    static Cpus otherCpus() {
        return CPUS.size() > 1 ? list(CPUS.subList(1, CPUS.size())) : allCpus();
    }

    static String describe() {
        return String.format(
                Locale.ROOT,
                "%d cores (%s), %.0f GB, Linux %s",
                CPUS.size(),
                value("/proc/cpuinfo", "model name"),
                Long.parseLong(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024.0 / 1024.0,
                System.getProperty("os.version"));
    }

    private static Cpus list(List<Integer> cpus) {
        return new Cpus(String.join(",", cpus.stream().map(String::valueOf).toList()));
    }

    /** Reads a list such as {@code 0-2,5}. */
    private static List<Integer> cpus(String ranges) {
        List<Integer> all = new ArrayList<>();
        for (String range : ranges.split(",")) {
            String[] ends = range.split("-");
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                all.add(i);
            }
        }
        return all;
    }

    private static String value(String file, String name) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(name)) {
                    return line.substring(line.indexOf(':') + 1).trim();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("This needs Linux: " + e, e);
        }
        return "unknown";
    }
}
