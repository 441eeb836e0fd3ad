package dev.asyncloop.benchmarks.runner;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The processes that the run has started. They end with it, however it ends; no other process is ever touched. */
final class Children {

    private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

    private Children() {}

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVING.forEach(Children::end), "end of the children"));
    }

    /** Starts a process on these processors, which is to write into that file. */
    static Process start(Cpus cpus, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        List<String> pinned = new ArrayList<>(cpus.taskset());
        pinned.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(pinned);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).redirectInput(new File("/dev/null"));
        Process process = builder.start();
        LIVING.add(process);
        return process;
    }

    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        LIVING.remove(process);
    }

    /** Runs a command to its end and returns what it has printed. */
    static String run(Cpus cpus, List<String> command, int limitSeconds, Path log)
            throws IOException, InterruptedException {
        Process process = start(cpus, command, Map.of(), log);
        try {
            if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " has not ended within " + limitSeconds + " s");
            }
            String output = Files.readString(log);
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " has failed: " + output);
            }
            return output;
        } finally {
            end(process);
        }
    }
}
