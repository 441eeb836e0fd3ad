package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the operating system says of a process. */
record ProcessFacts(Path proc) {

    /** The system counts in steps of 10 ms, on every architecture that Java runs on. */
    private static final double TICKS = 100;

    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    private static final double MEGABYTE = 1024;

    static ProcessFacts of(long pid) {
        return new ProcessFacts(Path.of("/proc/" + pid));
    }

    /** The seconds of processor time that all threads, also those that have ended, have had. */
    double cpuSeconds() throws IOException {
        return cpuSeconds(Files.readString(proc.resolve("stat")));
    }

    /** That of the JIT compiler's threads alone; 0 if it is no JVM. */
    double compilerSeconds() throws IOException {
        double sum = 0;
        for (Path thread : compilerThreads()) {
            try {
                sum += cpuSeconds(Files.readString(thread.resolve("stat")));
            } catch (NoSuchFileException e) {
                // has ended: the JVM has as many as it needs
            }
        }
        return sum;
    }

    /** The directories of the JIT compiler's threads. */
    List<Path> compilerThreads() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc.resolve("task"))) {
            for (Path thread : threads) {
                try {
                    if (COMPILER.matcher(Files.readString(thread.resolve("comm")))
                            .lookingAt()) {
                        found.add(thread);
                    }
                } catch (NoSuchFileException e) {
                    // has ended
                }
            }
        }
        return found;
    }

    private static double cpuSeconds(String stat) {
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
