package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much load as the server can do with so many connections, each of which asks for one thing at a time. */
final class FullLoad {

    private static final Pattern DONE = Pattern.compile("(\\d+) requests in ([\\d.]+)(ms|s|m)");

    private static final int WAIT_MILLIS = 10;

    private static final long SILENCE_NANOS = 10_000_000_000L;

    private FullLoad() {}

    static Flow put(Server server, Work work, int seconds, Settings settings) throws IOException, InterruptedException {
        return work.isForWrk() ? wrk(server, work, seconds, settings) : lines(server, work, seconds);
    }

    private static Flow wrk(Server server, Work work, int seconds, Settings settings)
            throws IOException, InterruptedException {
        List<String> command = List.of(
                "wrk",
                "-t1",
                "-c" + work.connections,
                "-d" + seconds + "s",
                "--timeout",
                "10s",
                "http://127.0.0.1:" + server.port + work.path);
        double before = server.facts.cpuSeconds();
        String said = Children.run(
                settings.loadCpus(), command, seconds + 30, settings.scratch().resolve("wrk.log"));
        Matcher done = DONE.matcher(said);
        if (said.contains("Non-2xx") || said.contains("Socket errors") || !done.find()) {
            throw new IOException(server.peer.name() + " did not answer all of wrk's requests: " + said);
        }
        return new Flow(
                Long.parseLong(done.group(1)),
                Double.parseDouble(done.group(2)) * unit(done.group(3)),
                server.facts.cpuSeconds() - before);
    }

    private static double unit(String name) {
        return switch (name) {
            case "ms" -> 1e-3;
            case "m" -> 60;
            default -> 1;
        };
    }

    /**
     * All ask, and again when they have their answer. For a broadcast one sends, and again when all have it. The connections
     * are there before it is measured: five thousand would be a good part of what is.
     */
    private static Flow lines(Server server, Work work, int seconds) throws IOException {
        byte[] message = work.message(server.port);
        long[] count = new long[1];
        try (Lines lines = Lines.open(server.port, work)) {
            boolean broadcast = work == Work.BROADCAST;
            Line sender = lines.all.getFirst();
            double before = server.facts.cpuSeconds();
            long start = System.nanoTime();
            for (Line line : broadcast ? List.of(sender) : lines.all) {
                line.send(message);
            }
            long last = start;
            long now = start;
            long end = start + seconds * 1_000_000_000L;
            while (now - end < 0) {
                long soFar = count[0];
                lines.read(WAIT_MILLIS, line -> {
                    count[0]++;
                    if (!broadcast) {
                        line.send(message);
                    } else if (count[0] % work.connections == 0) {
                        sender.send(message);
                    }
                });
                now = System.nanoTime();
                last = count[0] == soFar ? last : now;
                if (now - last > SILENCE_NANOS) {
                    throw new IOException(server.peer.name() + " does not answer any more; " + count[0] + " have come");
                }
            }
            return new Flow(count[0], (now - start) / 1e9, server.facts.cpuSeconds() - before);
        }
    }
}
