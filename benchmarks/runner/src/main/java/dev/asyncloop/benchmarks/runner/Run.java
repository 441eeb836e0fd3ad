package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Takes one work after the other: starts all servers anew, checks what they answer, warms each up, and measures them in turn,
 * several times. So no server has compiled for other work than that which is measured, and whatever else the machine does
 * meets all of them.
 */
final class Run {

    static final int WARM_UP_SECONDS = 2;

    private static final int WAKE_UP_SECONDS = 1;

    private static final int LEAST_WARM_UP = 6;

    /** A server has settled when its JIT compiler takes no more than this part of its processor time, in two windows in a row. */
    private static final double SETTLED = 0.02;

    /** And if that is no more than this while it is measured. */
    private static final double STILL_SETTLED = 0.05;

    private final Settings settings;

    private final Findings findings = new Findings();

    private final Consumer<Findings> afterEachWork;

    private Run(Settings settings, Consumer<Findings> afterEachWork) {
        this.settings = settings;
        this.afterEachWork = afterEachWork;
    }

    static Findings of(Settings settings, Consumer<Findings> afterEachWork) throws IOException, InterruptedException {
        Run run = new Run(settings, afterEachWork);
        try (Upstream upstream = Upstream.start(settings.loadCpus(), settings.port(), settings.scratch())) {
            for (Peer peer : settings.chosen()) {
                run.check(peer, upstream);
            }
            say("All %d servers answer the same", settings.chosen().size());
            for (Work work : settings.works()) {
                run.measure(work, upstream);
            }
        }
        return run.findings;
    }

    /** Before anything is measured: who answers something else ends the run. */
    private void check(Peer peer, Upstream upstream) throws IOException, InterruptedException {
        try (Server server = Server.start(peer, settings.port() + 1, settings, upstream.url());
                SameAnswers answers = new SameAnswers()) {
            for (Work work : settings.works()) {
                if (peer.does(work)) {
                    answers.check(server, work);
                }
            }
        }
    }

    private void measure(Work work, Upstream upstream) throws IOException, InterruptedException {
        List<Entrant> entrants = new ArrayList<>();
        try {
            for (Peer peer : settings.doing(work)) {
                Server server = Server.start(peer, settings.port() + 2 + entrants.size(), settings, upstream.url());
                Result result = new Result(peer, work);
                entrants.add(new Entrant(server, result));
                result.startSeconds = server.startSeconds;
                result.startCpuSeconds = server.startCpuSeconds;
            }
            say("%s: %d servers have started", work.title, entrants.size());
            each(entrants, this::warmUp);
            for (int i = 0; i < settings.repetitions(); i++) {
                int repetition = i;
                each(rotated(entrants, i), (server, result) -> repeat(repetition, server, result));
            }
            each(entrants, this::weigh);
            findings.add(entrants.stream().map(Entrant::result).toList());
        } finally {
            entrants.forEach(each -> each.server.askToEnd());
            entrants.forEach(each -> each.server.close());
        }
        afterEachWork.accept(findings);
    }

    /** Who fails at a work is named and left out of it; the others go on. */
    private void each(List<Entrant> entrants, Step step) throws InterruptedException {
        for (Entrant each : entrants) {
            if (each.result.failure == null) {
                try {
                    each.server.needsAlive();
                    step.take(each.server, each.result);
                } catch (IOException e) {
                    say("  %s has failed: %s", each.server.peer.name(), e);
                    each.result.failure = String.valueOf(e.getMessage());
                }
            }
        }
    }

    /** Each time another one comes first. */
    private List<Entrant> rotated(List<Entrant> entrants, int repetition) {
        List<Entrant> order = new ArrayList<>(entrants);
        Collections.rotate(order, -repetition * order.size() / settings.repetitions());
        return order;
    }

    private void repeat(int repetition, Server server, Result result) throws IOException, InterruptedException {
        // while the others had their turns its memory has gone cold, from the caches and, on a virtual machine, further
        // away
        FullLoad.put(server, result.work, WAKE_UP_SECONDS, settings);
        double compilerBefore = server.facts.compilerSeconds();
        Flow flow = FullLoad.put(server, result.work, settings.seconds(), settings);
        result.settled &= server.facts.compilerSeconds() - compilerBefore <= STILL_SETTLED * flow.cpuSeconds();
        if (flow.count() == 0) {
            throw new IOException("It has not answered at all");
        }
        result.cpuMicros.add(flow.cpuMicros());
        result.perSecond.add(flow.perSecond());
        Latency latency = FixedRate.measure(server, result.work, Math.max(1, settings.seconds() / 2));
        result.p50Millis.add(latency.p50Millis());
        result.p99Millis.add(latency.p99Millis());
        result.unanswered += latency.unanswered();
        say(
                "  %d/%d %-18s %8.1f µs %9.0f/s   p50 %7.2f ms, p99 %7.2f ms",
                repetition + 1,
                settings.repetitions(),
                server.peer.name(),
                flow.cpuMicros(),
                flow.perSecond(),
                latency.p50Millis(),
                latency.p99Millis());
    }

    private void weigh(Server server, Result result) throws IOException, InterruptedException {
        result.residentMegabytes = server.facts.residentMegabytes();
        result.peakMegabytes = server.facts.peakMegabytes();
        result.heapMegabytes = server.heapMegabytes(settings);
    }

    private void warmUp(Server server, Result result) throws IOException, InterruptedException {
        int windows = 0;
        int quiet = 0;
        double micros = Double.NaN;
        double compiling = 0;
        server.letCompile(
                settings.allCpus(), settings); // which several busy threads on one processor leave no time for
        while (windows < settings.warmUpWindows() && !result.settled) {
            double before = server.facts.compilerSeconds();
            Flow flow = FullLoad.put(server, result.work, WARM_UP_SECONDS, settings);
            compiling = (server.facts.compilerSeconds() - before) / flow.cpuSeconds();
            micros = flow.cpuMicros();
            windows++;
            quiet = compiling <= SETTLED ? quiet + 1 : 0;
            result.settled = windows >= LEAST_WARM_UP && quiet >= 2;
        }
        server.letCompile(settings.serverCpus(), settings);
        say(
                "  %-18s warm after %d windows: %.1f µs, of which %.0f %% for the compiler%s",
                server.peer.name(), windows, micros, 100 * compiling, result.settled ? "" : " (not settled)");
    }

    /** Something that is done with every server. */
    private interface Step {

        void take(Server server, Result result) throws IOException, InterruptedException;
    }

    private record Entrant(Server server, Result result) {}

    private static void say(String text, Object... values) {
        System.out.println(String.format(Locale.ROOT, text, values));
    }
}
