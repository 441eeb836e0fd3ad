package dev.asyncloop.benchmarks.runner;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Bars for the processor time of each peer, one panel for each work, with a line from the least to the most. */
final class Chart {

    private static final int WIDTH = 860;

    private static final int LABEL = 190;

    private static final int VALUE = 90;

    private static final int ROW = 20;

    private static final int HEAD = 44;

    private static final int BAR = 12;

    private final List<Result> results;

    private final StringBuilder svg = new StringBuilder();

    Chart(List<Result> results) {
        this.results = results;
    }

    String svg() {
        int y = 0;
        for (Work work : works()) {
            y = panel(work, y);
        }
        return String.format(Locale.ROOT, """
                        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" role="img" aria-label="Processor time per request">
                        <style>
                        svg { background: #ffffff; font: 12px system-ui, sans-serif; }
                        text { fill: #1f2328; } .head { font-weight: 600; font-size: 13px; } .value { fill: #59636e; }
                        .subject { fill: #1a7f37; } .peer { fill: #57606a; } .limit { fill: #a8b1bb; }
                        .spread { stroke: #1f2328; stroke-width: 1; }
                        @media (prefers-color-scheme: dark) {
                        svg { background: #0d1117; } text { fill: #e6edf3; } .value { fill: #9198a1; }
                        .subject { fill: #3fb950; } .peer { fill: #8b949e; } .limit { fill: #4d5661; } .spread { stroke: #e6edf3; }
                        }
                        </style>
                        """, WIDTH, y + ROW, WIDTH) + svg + "</svg>\n";
    }

    private List<Work> works() {
        return Arrays.stream(Work.values())
                .filter(work -> results.stream().anyMatch(result -> result.work == work))
                .toList();
    }

    private int panel(Work work, int top) {
        List<Result> rows =
                results.stream().filter(result -> result.work == work).toList();
        double most =
                rows.stream().mapToDouble(row -> row.cpuMicros.most()).max().orElseThrow();
        // One that takes ten times as much would leave nothing to be seen of the others: its bar is cut off.
        double usual = 3
                * rows.stream()
                        .map(row -> row.cpuMicros.median())
                        .sorted()
                        .toList()
                        .get(rows.size() / 2);
        double scale = (WIDTH - LABEL - VALUE) / Math.min(most, usual);
        add(
                "<text class=\"head\" x=\"12\" y=\"%d\">%s: µs of processor time per %s</text>",
                top + 30, work.title, work.unit());
        int y = top + HEAD;
        for (Result row : rows) {
            bar(row, y, scale);
            y += ROW;
        }
        return y;
    }

    private void bar(Result row, int y, double scale) {
        double room = WIDTH - LABEL - VALUE;
        double median = row.cpuMicros.median();
        double length = Math.min(median * scale, room);
        boolean cut = median * scale > room;
        int middle = y + BAR / 2;
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LABEL - 8, y + BAR - 2, row.peer.name());
        add(
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                row.peer.kind().name().toLowerCase(Locale.ROOT), LABEL, y, length, BAR);
        double end = Math.min(row.cpuMicros.most() * scale, room);
        if (!cut) {
            add(
                    "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                    LABEL + row.cpuMicros.least() * scale, LABEL + end, middle, middle);
        }
        add(
                "<text class=\"value\" x=\"%.1f\" y=\"%d\">%s%s</text>",
                LABEL + Math.max(length, end) + 8,
                y + BAR - 2,
                cut ? "… " : "",
                String.format(Locale.ROOT, median < 100 ? "%.1f" : "%,.0f", median));
    }

    private void add(String line, Object... values) {
        svg.append(String.format(Locale.ROOT, line, values)).append('\n');
    }
}
