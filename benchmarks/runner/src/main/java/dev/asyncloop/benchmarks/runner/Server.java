package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer that runs. */
final class Server implements AutoCloseable {

    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private static final double MEGABYTE = 1024;

    private static final int LIMIT_SECONDS = 30;

    final Peer peer;

    final int port;

    final ProcessFacts facts;

    /** How long it has taken until it listened, and the processor time that it has cost. */
    final double startSeconds;

    final double startCpuSeconds;

    private final Process process;

    private final Path log;

    private Server(Peer peer, int port, Process process, Path log, double startSeconds) throws IOException {
        this.peer = peer;
        this.port = port;
        this.process = process;
        this.log = log;
        this.facts = ProcessFacts.of(process.pid());
        this.startSeconds = startSeconds;
        this.startCpuSeconds = facts.cpuSeconds();
    }

    static Server start(Peer peer, int port, Settings settings, String upstream)
            throws IOException, InterruptedException {
        Ports.needsFree(port);
        Path log = settings.scratch().resolve(peer.name() + ".log");
        Map<String, String> environment = Map.of("PORT", String.valueOf(port), "UPSTREAM", upstream);
        long start = System.nanoTime();
        Process process = Children.start(settings.serverCpus(), command(peer, settings), environment, log);
        Ports.awaitOpen(port, process, log);
        return new Server(peer, port, process, log, (System.nanoTime() - start) / 1e9);
    }

    private static List<String> command(Peer peer, Settings settings) {
        Path application = settings.peers().resolve(peer.application());
        if (!peer.isJava()) {
            return List.of(settings.python(), application.resolve("app.py").toString());
        }
        List<String> command = new ArrayList<>();
        command.add(settings.java("java"));
        command.addAll(settings.jvmOptions());
        command.addAll(peer.jvm());
        command.add("-jar");
        String jar = peer.hasActuator() && settings.actuator() ? "app-actuator.jar" : "app.jar";
        command.add(application.resolve("target").resolve(jar).toString());
        command.addAll(peer.arguments());
        return command;
    }

    void needsAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(peer.name() + " has ended; see " + log + ": " + Files.readString(log));
        }
    }

    /** The heap that is in use after a collection, in MB; not a number if it is no JVM. */
    double heapMegabytes(Settings settings) throws IOException, InterruptedException {
        if (!peer.isJava()) {
            return Double.NaN;
        }
        jcmd(settings, "GC.run");
        Matcher used = USED.matcher(jcmd(settings, "GC.heap_info"));
        double sum = Double.NaN; // unless it is said, in whatever words this JDK has
        while (used.find()) {
            sum = (Double.isNaN(sum) ? 0 : sum) + Long.parseLong(used.group(1));
        }
        return sum / MEGABYTE;
    }

    private String jcmd(Settings settings, String what) throws IOException, InterruptedException {
        List<String> command = List.of(settings.java("jcmd"), String.valueOf(process.pid()), what);
        return Children.run(
                settings.loadCpus(), command, LIMIT_SECONDS, settings.scratch().resolve("jcmd.log"));
    }

    /** Where its JIT compiler may run from now on. */
    void letCompile(Cpus cpus, Settings settings) throws IOException, InterruptedException {
        for (Path thread : facts.compilerThreads()) {
            List<String> command = List.of(
                    "taskset", "-p", "-c", cpus.list(), thread.getFileName().toString());
            try {
                Children.run(
                        settings.loadCpus(),
                        command,
                        LIMIT_SECONDS,
                        settings.scratch().resolve("taskset.log"));
            } catch (IOException e) {
                if (Files.exists(thread)) { // else it has ended: the JVM has as many as it needs
                    throw e;
                }
            }
        }
    }

    /** So that many end at the same time. */
    void askToEnd() {
        process.destroy();
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
