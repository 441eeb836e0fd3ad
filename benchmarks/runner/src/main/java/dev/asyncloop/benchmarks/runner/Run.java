package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Takes one work after the other: starts all servers anew, checks what they answer, warms each up, and measures them in turn,
 * several times. So no server has compiled for other work than that which is measured, and whatever else the machine does
 * meets all of them.
 */
final class Run {

    private static final int WARM_UP_SECONDS = 2;

    private static final int LEAST_WARM_UP = 3;

    /** Two windows that differ by no more than this are taken for settled. */
    private static final double SETTLED = 0.03;

    private final Settings settings;

    private final List<Result> results = new ArrayList<>();

    private Run(Settings settings) {
        this.settings = settings;
    }

    static List<Result> of(Settings settings) throws IOException, InterruptedException {
        Run run = new Run(settings);
        try (Upstream upstream = Upstream.start(settings.loadCpus(), settings.port(), settings.scratch())) {
            for (Work work : settings.works()) {
                run.measure(work, upstream);
            }
        }
        return run.results;
    }

    private void measure(Work work, Upstream upstream) throws IOException, InterruptedException {
        List<Entrant> entrants = new ArrayList<>();
        try {
            for (Peer peer : settings.doing(work)) {
                Server server = Server.start(peer, settings.port() + 1 + entrants.size(), settings, upstream.url());
                Result result = new Result(peer, work);
                entrants.add(new Entrant(server, result));
                results.add(result);
                result.startSeconds = server.startSeconds;
                result.startCpuSeconds = server.startCpuSeconds;
            }
            say("%s: %d servers have started", work.title, entrants.size());
            try (SameAnswers answers = new SameAnswers()) {
                for (Entrant each : entrants) {
                    answers.check(each.server, work);
                }
            }
            say("  all answer the same");
            for (Entrant each : entrants) {
                warmUp(each.server, each.result);
            }
            for (int i = 0; i < settings.repetitions(); i++) {
                repeat(i, entrants);
            }
            for (Entrant each : entrants) {
                weigh(each.server, each.result);
            }
        } finally {
            entrants.forEach(each -> each.server.close());
        }
    }

    /** Each time another one comes first. */
    private void repeat(int repetition, List<Entrant> entrants) throws IOException, InterruptedException {
        List<Entrant> order = new ArrayList<>(entrants);
        Collections.rotate(order, -repetition * order.size() / settings.repetitions());
        for (Entrant each : order) {
            Server server = each.server;
            Result result = each.result;
            Sample sample = full(server, result.work, settings.seconds());
            result.cpuMicros.add(sample.cpuMicros);
            result.perSecond.add(sample.perSecond);
            Latency latency = FixedRate.measure(server, result.work, Math.max(1, settings.seconds() / 2));
            result.p50Millis.add(latency.p50Millis());
            result.p99Millis.add(latency.p99Millis());
            result.unanswered += latency.unanswered();
            say(
                    "  %d/%d %-18s %8.1f µs %9.0f/s   p50 %7.2f ms, p99 %7.2f ms",
                    repetition + 1,
                    settings.repetitions(),
                    server.peer.name(),
                    sample.cpuMicros,
                    sample.perSecond,
                    latency.p50Millis(),
                    latency.p99Millis());
        }
    }

    private void weigh(Server server, Result result) throws IOException, InterruptedException {
        server.needsAlive();
        result.residentMegabytes = server.facts.residentMegabytes();
        result.peakMegabytes = server.facts.peakMegabytes();
        result.heapMegabytes = server.heapMegabytes(settings);
    }

    private void warmUp(Server server, Result result) throws IOException, InterruptedException {
        double before = Double.NaN;
        int windows = 0;
        double now = Double.NaN;
        while (windows < settings.warmUpWindows() && !result.settled) {
            before = now;
            now = full(server, result.work, settings.warmUpWindows() == 1 ? 1 : WARM_UP_SECONDS).cpuMicros;
            windows++;
            result.settled = windows >= LEAST_WARM_UP && Math.abs(now - before) <= SETTLED * before;
        }
        say(
                "  %-18s warm after %d windows: %.1f µs%s",
                server.peer.name(), windows, now, result.settled ? "" : " (not settled)");
    }

    private Sample full(Server server, Work work, int seconds) throws IOException, InterruptedException {
        server.needsAlive();
        double before = server.facts.cpuSeconds();
        Flow flow = FullLoad.put(server, work, seconds, settings);
        double cpu = server.facts.cpuSeconds() - before;
        return new Sample(cpu * 1e6 / flow.count(), flow.perSecond());
    }

    private record Entrant(Server server, Result result) {}

    private record Sample(double cpuMicros, double perSecond) {}

    private static void say(String text, Object... values) {
        System.out.println(String.format(Locale.ROOT, text, values));
    }
}
