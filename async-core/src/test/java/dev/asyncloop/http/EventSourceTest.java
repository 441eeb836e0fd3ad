package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The events of a server, over as many connections as it takes. */
class EventSourceTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

    private static final String END = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

    private final List<String> heads = new CopyOnWriteArrayList<>();

    /** Gives each connection the next answer, and closes it; a null one is closed without an answer. */
    private ScriptedServer answering(String... answers) throws IOException {
        return new ScriptedServer(peer -> {
            heads.add(peer.readHead());
            String answer = answers[Math.min(peer.number, answers.length) - 1];
            if (answer != null) {
                peer.write(answer);
            }
            peer.close();
        });
    }

    private static EventSource events(HttpFixture http, ScriptedServer server) {
        return http.client
                .events(FetchRequest.get(server.url("/events")).build())
                .withRetry(Duration.ofMillis(1));
    }

    private static List<String> all(HttpFixture http, EventSource events) {
        return http.run(() -> all(events));
    }

    private static List<String> all(EventSource events) {
        List<String> all = new ArrayList<>();
        for (ServerSentEvent event : events) {
            all.add(event.id() + " " + event.event() + " " + event.data());
        }
        return all;
    }

    @OnBothCarriers
    void goOnWhereTheConnectionBeforeHasEnded(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = answering(
                        HEAD
                                + "\u00ef\u00bb\u00bfid: 1\ndata: a\n\n: still here\nid: \u00c3\u00a9\nevent: add\ndata: \u00c3\u00a9\n\ndata: lost",
                        HEAD + "data: c\n\n",
                        END)) {
            EventSource events = events(http, server);
            assertThat(all(http, events)).containsExactly("1 message a", "é add é", "é message c");
            assertThat(events.lastEventId()).isEqualTo("é");
            assertThat(heads).hasSize(3);
            assertThat(heads.getFirst())
                    .containsIgnoringCase("accept: text/event-stream")
                    .doesNotContainIgnoringCase("last-event-id");
            assertThat(heads.get(1)).containsIgnoringCase("last-event-id: \u00c3\u00a9");
        }
    }

    @OnBothCarriers
    void waitAsLongAsTheServerSays(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var server = answering(HEAD + "retry: 7000\ndata: a\n\nretry: 70", END)) { // the last line was cut off
            LinkedBlockingQueue<String> steps = new LinkedBlockingQueue<>();
            Task<?> reader = http.loop.spawn(() -> {
                for (ServerSentEvent event :
                        http.client.events(FetchRequest.get(server.url("/")).build())) {
                    steps.add(event.data() + " " + event.retry());
                }
                steps.add("end");
            });
            assertThat(steps.poll(20, TimeUnit.SECONDS)).isEqualTo("a PT7S");
            assertThat(server.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            while (http.client.active() > 0) {
                http.settle();
            }
            http.settle();
            clock.advance(Duration.ofSeconds(7).minusNanos(1));
            http.settle();
            assertThat(server.connections()).isEqualTo(1);
            clock.advance(Duration.ofNanos(1));
            assertThat(steps.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
            HttpFixture.outcome(reader);
        }
    }

    @OnBothCarriers
    void connectionsThatFailAreTriedAgainSoManyTimes(Carrier carrier) throws IOException {
        String busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        try (var http = new HttpFixture(carrier);
                var recovering = answering(HEAD + "data: a\n\n", busy, null, HEAD + "data: b\n\n", END);
                var lost = answering(HEAD + "data: a\n\n", busy)) {
            assertThat(all(http, events(http, recovering))).containsExactly(" message a", " message b");
            assertThatThrownBy(() -> all(http, events(http, lost).withMaxFailures(3)))
                    .isInstanceOfSatisfying(
                            HttpStatusException.class,
                            failure -> assertThat(failure.response().status()).isEqualTo(503));
            assertThat(lost.connections()).isEqualTo(4);
        }
    }

    @OnBothCarriers
    void theFirstFailureAndAnotherContentTypeAreErrors(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var broken = answering((String) null);
                var gone = answering(HEAD + "data: a\n\n", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
                var html = answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx")) {
            assertThatThrownBy(() -> all(http, events(http, broken))).isInstanceOf(BrokenResponseException.class);
            assertThatThrownBy(() -> all(http, events(http, gone))).isInstanceOf(HttpStatusException.class);
            assertThatThrownBy(() -> all(http, events(http, html)))
                    .isInstanceOf(BrokenEventStreamException.class)
                    .hasMessageContaining("'text/html'")
                    .hasMessageContaining(html.url("/events"));
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void closingEndsThemWhereverTheyAre(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var open = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(HEAD + "data: a\n\n");
                    peer.readToEnd();
                })) {
            EventSource events = events(http, open);
            Task<Integer> reader = http.loop.spawn(() -> {
                int count = 0;
                for (ServerSentEvent event : events) {
                    Async.spawn(events::close);
                    count++;
                }
                return count;
            });
            assertThat(HttpFixture.outcome(reader)).isEqualTo(1);
            assertThat(open.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aConnectionOnWhichNothingComesCountsAsBroken(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var silent = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(peer.number == 1 ? HEAD + "id: 1\ndata: a\n\n" : END);
                    peer.readToEnd();
                })) {
            LinkedBlockingQueue<String> steps = new LinkedBlockingQueue<>();
            http.loop.spawn(() -> {
                for (ServerSentEvent event :
                        http.client.events(FetchRequest.get(silent.url("/")).build())) {
                    steps.add(event.data());
                }
                steps.add("end");
            });
            assertThat(steps.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
            clock.advance(Duration.ofMinutes(1));
            assertThat(silent.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            while (steps.isEmpty()) {
                http.settle();
                clock.advance(Duration.ofSeconds(3));
            }
            assertThat(steps.poll()).isEqualTo("end");
        }
    }

    @OnBothCarriers
    void closingEndsAPauseAndAConnectionInTheMaking(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier, options -> options.withTimeout(Duration.ofMinutes(10)));
                var ending = answering(HEAD + "data: a\n\n");
                var silent = new ScriptedServer(ScriptedServer.Peer::readToEnd)) {
            EventSource paused = http.client
                    .events(FetchRequest.get(ending.url("/")).build())
                    .withRetry(Duration.ofMinutes(10));
            EventSource connecting = events(http, silent);
            Task<List<String>> first = http.loop.spawn(() -> {
                List<String> all = new ArrayList<>();
                paused.forEach(event -> all.add(event.data()));
                return all;
            });
            Task<Boolean> second = http.loop.spawn(() -> connecting.iterator().hasNext());
            assertThat(ending.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(silent.accepted.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            while (http.client.active() > 1) {
                http.settle();
            }
            http.settle();
            paused.close();
            connecting.close();
            assertThat(HttpFixture.outcome(first)).containsExactly("a");
            assertThat(HttpFixture.outcome(second)).isFalse();
            assertThat(silent.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void areCancelledWithTheirCoroutine(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var ending = answering(HEAD + "data: a\n\n")) {
            EventSource paused = http.client
                    .events(FetchRequest.get(ending.url("/")).build())
                    .withRetry(Duration.ofMinutes(10));
            Task<?> reader = http.loop.spawn(() -> paused.forEach(event -> {}));
            assertThat(ending.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            reader.cancel(false);
            assertThatThrownBy(() -> HttpFixture.outcome(reader)).isInstanceOf(CancellationException.class);
        }
    }

    @OnBothCarriers
    void aServerThatAsksForNoPauseGetsAShortOne(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var server = answering(HEAD + "retry: 0\n\n")) {
            Task<?> reader = http.loop.spawn(() ->
                    all(http.client.events(FetchRequest.get(server.url("/")).build())));
            for (int i = 1; i <= 3; i++) {
                assertThat(server.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                while (http.client.active() > 0) {
                    http.settle();
                }
                http.settle();
                clock.advance(Duration.ofMillis(100).minusNanos(1));
                http.settle();
                assertThat(server.connections()).isEqualTo(i);
                clock.advance(Duration.ofNanos(1));
            }
            reader.cancel(false);
        }
    }

    @OnBothCarriers
    void anIdThatNoHeaderCanCarryIsNotSent(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = answering(HEAD + "id: 1\ndata: a\n\nid: 2\u000bX: y\ndata: b\n\n", END)) {
            assertThat(all(http, events(http, server))).containsExactly("1 message a", "1 message b");
            assertThat(heads.getLast()).containsIgnoringCase("last-event-id: 1");
            assertThatThrownBy(() -> events(http, server).withLastEventId("1\r\nX-Evil: 1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'1\\r\\nX-Evil: 1'");
        }
    }

    @OnBothCarriers
    void anEventThatIsNotCompleteIsAskedForAgain(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = answering(
                        HEAD + "id: 1\ndata: a\n\nid: 2\ndata: lost\n", HEAD + "data: b\n\nid: 3", HEAD, END)) {
            EventSource events = events(http, server);
            assertThat(all(http, events)).containsExactly("1 message a", "1 message b");
            assertThat(heads.subList(1, 4))
                    .allSatisfy(head -> assertThat(head).containsIgnoringCase("last-event-id: 1"));
        }
    }

    @OnBothCarriers
    void anIdKeptFromBeforeCountsUntilTheServerGivesOne(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = answering(HEAD + "data: a\n\n", HEAD + "id\ndata: b\n\n", END)) {
            EventSource events = events(http, server).withLastEventId("7");
            assertThat(events.lastEventId()).isEqualTo("7");
            assertThat(all(http, events)).containsExactly("7 message a", " message b");
            assertThat(heads.subList(0, 2))
                    .allSatisfy(head -> assertThat(head).containsIgnoringCase("last-event-id: 7"));
            assertThat(heads.getLast()).doesNotContainIgnoringCase("last-event-id");
            assertThat(events.lastEventId()).isEmpty();
        }
    }

    /** Each connection has one event, and stays open. */
    private ScriptedServer withAnEventEach() throws IOException {
        return new ScriptedServer(peer -> {
            heads.add(peer.readHead());
            peer.write(HEAD + "id: " + peer.number + "\ndata: event\n\n");
            peer.readToEnd();
        });
    }

    @OnBothCarriers
    void goOnAfterALimitThatHasPassed(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        CountDownLatch waits = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var server = withAnEventEach()) {
            Iterator<ServerSentEvent> steps =
                    events(http, server).withRetry(Duration.ofMinutes(10)).iterator();
            Task<String> reader = http.loop.spawn(() -> {
                assertThatThrownBy(() -> Async.withTimeout(Duration.ofSeconds(1), () -> {
                            assertThat(steps.next().id()).isEqualTo("1");
                            waits.countDown();
                            return steps.next();
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                return steps.next().id();
            });
            HttpFixture.await(waits);
            http.settle();
            clock.advance(Duration.ofSeconds(1));
            assertThat(HttpFixture.outcome(reader)).isEqualTo("2");
            assertThat(heads.get(1)).containsIgnoringCase("last-event-id: 1");
        }
    }

    @OnBothCarriers
    void keepTheConnectionOverALimitOfAStep(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch passed = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var server = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(HEAD + "data: a\n\nda");
                    HttpFixture.await(passed);
                    peer.write("ta: b\n\n");
                    peer.readToEnd();
                })) {
            Iterator<ServerSentEvent> steps = events(http, server).iterator();
            Task<String> reader = http.loop.spawn(() -> {
                assertThat(steps.next().data()).isEqualTo("a");
                waits.countDown();
                assertThatThrownBy(() -> Async.withTimeout(Duration.ofSeconds(1), steps::next))
                        .isInstanceOf(AsyncTimeoutException.class);
                passed.countDown();
                return steps.next().data();
            });
            HttpFixture.await(waits);
            http.settle();
            clock.advance(Duration.ofSeconds(1));
            assertThat(HttpFixture.outcome(reader)).isEqualTo("b");
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
