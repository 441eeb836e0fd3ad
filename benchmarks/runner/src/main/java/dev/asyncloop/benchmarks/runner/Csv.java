package dev.asyncloop.benchmarks.runner;

import java.util.List;
import java.util.Locale;

/** Every single value, for who wants to reckon with them. */
final class Csv {

    private Csv() {}

    static String of(List<Result> results) {
        StringBuilder lines = new StringBuilder("work,server,repetition,cpu_us,per_second,p50_ms,p99_ms\n");
        for (Result result : results) {
            for (int i = 0; i < result.cpuMicros.values().size(); i++) {
                lines.append(String.format(
                        Locale.ROOT,
                        "%s,%s,%d,%.2f,%.1f,%.3f,%.3f%n",
                        result.work.id(),
                        result.peer.name(),
                        i + 1,
                        result.cpuMicros.values().get(i),
                        result.perSecond.values().get(i),
                        result.p50Millis.values().get(i),
                        result.p99Millis.values().get(i)));
            }
        }
        return lines.toString();
    }
}
