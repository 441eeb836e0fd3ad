package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** So many requests a second, whether the server has answered those before or not. */
final class FixedRate {

    private static final long GRACE_NANOS = 2_000_000_000L;

    private final Lines lines;

    private final Work work;

    private final byte[] message;

    private final int total;

    private final long[] nanos;

    private int sent;

    private int answered;

    /** HTTP: who may ask. */
    private final Deque<Line> idle = new ArrayDeque<>();

    private final long[] dues;

    private FixedRate(Lines lines, Work work, byte[] message, int seconds) {
        this.lines = lines;
        this.work = work;
        this.message = message;
        total = work.rate * seconds;
        nanos = new long[work == Work.BROADCAST ? total * work.connections : total];
        dues = new long[total];
        idle.addAll(lines.all);
        long start = System.nanoTime();
        for (int i = 0; i < total; i++) {
            dues[i] = start + (long) (i * (1e9 / work.rate));
        }
    }

    /** Measures for so long, and at most two seconds more. */
    static Latency measure(Server server, Work work, int seconds) throws IOException {
        byte[] message = work.message(server.port);
        try (Lines lines = Lines.open(server.port, work)) {
            return new FixedRate(lines, work, message, seconds).measure();
        }
    }

    private Latency measure() throws IOException {
        long end = dues[total - 1] + GRACE_NANOS;
        while (answered < nanos.length && System.nanoTime() - end < 0) {
            sendDue();
            lines.read(0, this::received);
            Thread.yield(); // nginx is on this processor, too
        }
        int unanswered = nanos.length - answered;
        while (answered < nanos.length) {
            nanos[answered] = System.nanoTime() - dues[Math.min(total - 1, answered * total / nanos.length)];
            answered++;
        }
        return Latency.of(nanos, nanos.length, unanswered);
    }

    private void sendDue() throws IOException {
        while (sent < total && dues[sent] - System.nanoTime() <= 0) {
            switch (work) {
                case BROADCAST -> lines.all.getFirst().send(message);
                case ECHO -> lines.all.get(sent % lines.all.size()).send(message);
                default -> {
                    Line line = idle.poll();
                    if (line == null) {
                        return; // it stays due, and is asked for as soon as somebody may
                    }
                    line.due = dues[sent];
                    line.send(message);
                }
            }
            sent++;
        }
    }

    private void received(Line line) {
        nanos[answered++] = System.nanoTime() - due(line);
        if (!work.isWebSocket()) {
            idle.addLast(line);
        }
    }

    /** WebSockets answer in order. */
    private long due(Line line) {
        return switch (work) {
            case BROADCAST -> dues[line.received];
            case ECHO -> dues[line.received * lines.all.size() + line.number];
            default -> line.due;
        };
    }
}
