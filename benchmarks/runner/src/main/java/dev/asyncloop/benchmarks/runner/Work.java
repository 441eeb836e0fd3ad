package dev.asyncloop.benchmarks.runner;

import java.util.Collections;
import java.util.Locale;

/** What a server is asked to do, by how many connections, and how often a second when its latency is measured. */
enum Work {
    HELLO("hello JSON", "/hello", Answers.HELLO, 32, 2_000),
    FETCH("one fetch", "/fetch", Answers.UPSTREAM, 32, 1_000),
    TEN("ten parallel fetches", "/ten", Answers.TEN, 32, 150),
    SLEEP_500("50 ms sleep, 500 connections", "/sleep", Answers.HELLO, 500, 2_000),
    SLEEP_5000("50 ms sleep, 5,000 connections", "/sleep", Answers.HELLO, 5_000, 4_000),
    ECHO("WebSocket echo", "/echo", Answers.TEXT, 100, 2_000),
    BROADCAST("WebSocket broadcast to 200", "/room", Answers.TEXT, 200, 50);

    /** What every server has to answer, to the byte. */
    static final class Answers {

        static final String HELLO = "{\"message\":\"Hello, world\",\"number\":42}";

        static final String UPSTREAM = "{\"message\":\"Hello from upstream\",\"number\":7}";

        static final String TEN = "[" + String.join(",", Collections.nCopies(10, UPSTREAM)) + "]";

        static final String TEXT = "Hello to all who are listening in this room";

        private Answers() {}
    }

    final String title;

    final String path;

    final String answer;

    final int connections;

    /** Requests, messages or broadcasts a second: what the slowest peer has no trouble with. */
    final int rate;

    Work(String title, String path, String answer, int connections, int rate) {
        this.title = title;
        this.path = path;
        this.answer = answer;
        this.connections = connections;
        this.rate = rate;
    }

    static Work named(String name) {
        for (Work work : values()) {
            if (work.id().equals(name)) {
                return work;
            }
        }
        throw new IllegalArgumentException(
                "There is no work '" + name + "'; there are " + Names.of(values(), Work::id));
    }

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isWebSocket() {
        return this == ECHO || this == BROADCAST;
    }

    /** It opens its connections while it measures, so it is for few of them. */
    boolean isForWrk() {
        return !isWebSocket() && connections < 100;
    }

    /** What a client sends. */
    byte[] message(int port) {
        return isWebSocket() ? Protocol.frame(answer) : Protocol.get(port, path);
    }

    /** What is counted: an answer, or a message that somebody has received. */
    String unit() {
        return isWebSocket() ? "message" : "request";
    }
}
