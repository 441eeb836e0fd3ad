package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system says of a process. */
record ProcessFacts(Path proc) {

    /** The system counts in steps of 10 ms, on every architecture that Java runs on. */
    private static final double TICKS = 100;

    private static final double MEGABYTE = 1024;

    static ProcessFacts of(long pid) {
        return new ProcessFacts(Path.of("/proc/" + pid));
    }

    /** The seconds of processor time that all threads, also those that have ended, have had. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    /** The resident memory in MB. */
    double residentMegabytes() throws IOException {
        return megabytes("VmRSS:");
    }

    /** The most that the resident memory has ever been, in MB. */
    double peakMegabytes() throws IOException {
        return megabytes("VmHWM:");
    }

    private double megabytes(String name) throws IOException {
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / MEGABYTE;
            }
        }
        throw new IOException("There is no " + name + " in " + proc);
    }
}
