package dev.asyncloop.benchmarks.runner;

import java.util.ArrayList;
import java.util.List;

/**
 * A server that can be measured: an application in one setting.
 *
 * @param name how it is called on the command line and in tables
 * @param title what it is
 * @param family settings of the same application; of these the better counts
 * @param kind what it is here for
 * @param application the directory below {@code peers}
 * @param jvm options of the JVM beside those that all have; which make the setting
 * @param arguments the application's
 * @param ownWebSockets whether its WebSockets differ from those of another in this list
 */
record Peer(
        String name,
        String title,
        String family,
        Kind kind,
        String application,
        List<String> jvm,
        List<String> arguments,
        boolean ownWebSockets) {

    /** This project, whom it is compared with, and the limit. */
    enum Kind {
        SUBJECT,
        PEER,
        LIMIT
    }

    static final String SUBJECT = "event-loop";

    static final List<Peer> ALL = all();

    private static List<Peer> all() {
        String oneLoop = "-Dreactor.netty.ioWorkerCount=1";
        List<Peer> peers = new ArrayList<>();
        peers.add(application(SUBJECT, "this project, event-loop carrier", "async-loop")
                .as(Kind.SUBJECT));
        peers.add(application("jdk", "this project, JDK carrier", "async-loop")
                .as(Kind.SUBJECT)
                .with("--ioloop.carrier=jdk"));
        peers.addAll(application("webflux-reactive", "WebFlux, reactive", "webflux")
                .with("--spring.profiles.active=reactive")
                .andOneLoop(oneLoop));
        peers.addAll(application("webflux-virtual", "WebFlux, virtual threads", "webflux")
                .with("--spring.profiles.active=virtual")
                .withoutOwnWebSockets()
                .andOneLoop(oneLoop));
        peers.add(application("webmvc-virtual", "Spring MVC (Tomcat), virtual threads", "webmvc"));
        peers.addAll(vertx("vertx-virtual", "Vert.x Web, virtual threads", "virtual"));
        peers.addAll(application("micronaut-loom", "Micronaut, loom carrier", "micronaut")
                .andOneLoop("-Dmicronaut.netty.event-loops.default.num-threads=1"));
        peers.add(application("tornado", "Tornado", "tornado"));
        peers.addAll(application("reactor-netty", "raw reactor-netty", "reactor-netty")
                .as(Kind.LIMIT)
                .andOneLoop(oneLoop));
        peers.addAll(vertx("vertx-raw", "raw Vert.x handlers", "raw").stream()
                .map(peer -> peer.as(Kind.LIMIT))
                .toList());
        return List.copyOf(peers);
    }

    static Peer named(String name) {
        return ALL.stream()
                .filter(peer -> peer.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no peer '" + name + "'; there are "
                        + Names.of(ALL.toArray(Peer[]::new), Peer::name)));
    }

    boolean does(Work work) {
        return ownWebSockets || !work.isWebSocket();
    }

    boolean isJava() {
        return !application.equals("tornado");
    }

    boolean hasActuator() {
        return application.equals("async-loop") || application.startsWith("web");
    }

    private static Peer application(String name, String title, String application) {
        return new Peer(name, title, name, Kind.PEER, application, List.of(), List.of(), true);
    }

    private static List<Peer> vertx(String name, String title, String style) {
        Peer peer = new Peer(name, title, name, Kind.PEER, "vertx", List.of(), List.of(style, "0"), true);
        return List.of(peer, peer.oneLoop(List.of(), List.of(style, "1")));
    }

    private Peer as(Kind other) {
        return new Peer(name, title, family, other, application, jvm, arguments, ownWebSockets);
    }

    private Peer with(String argument) {
        return new Peer(name, title, family, kind, application, jvm, List.of(argument), ownWebSockets);
    }

    private Peer withoutOwnWebSockets() {
        return new Peer(name, title, family, kind, application, jvm, arguments, false);
    }

    private List<Peer> andOneLoop(String option) {
        return List.of(this, oneLoop(List.of(option), arguments));
    }

    private Peer oneLoop(List<String> options, List<String> changed) {
        return new Peer(
                name + "-1", title + ", one event loop", family, kind, application, options, changed, ownWebSockets);
    }
}
