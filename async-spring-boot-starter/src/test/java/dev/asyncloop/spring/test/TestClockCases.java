package dev.asyncloop.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.testing.SteppedClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A whole application on real sockets whose time the test moves. One context for all of them. */
@SpringBootTest(classes = TimedApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureWebTestClient(timeout = "20s")
@TestClock(start = "2026-01-01", outsideLimit = "20s")
abstract class TestClockCases {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Autowired
    SteppedClock clock;

    @Autowired
    Clock javaClock;

    @Autowired
    IOLoop loop;

    @Autowired
    TimedApplication.Chores chores;

    @Autowired
    WebTestClient client;

    @LocalServerPort
    int port;

    @BeforeEach
    void aFullHour() {
        advanceToFullHour();
        loop.runSync(() -> {
            chores.done.clear();
            return null;
        });
    }

    /** The context, and so its time, is shared. */
    private void advanceToFullHour() {
        long into = clock.instant().getEpochSecond() % 3600;
        clock.advance(Duration.ofSeconds(3600 - into));
    }

    private String after(int minutes) {
        return LocalTime.ofInstant(clock.instant().plusSeconds(60L * minutes), ZoneOffset.UTC)
                .toString();
    }

    private List<String> done() {
        return loop.runSync(() -> List.copyOf(chores.done));
    }

    private CompletableFuture<String> get(String path) {
        return CompletableFuture.supplyAsync(() -> String.valueOf(client.get()
                .uri(path)
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody()));
    }

    @Test
    void anHourOfPeriodicsRunsInOrderWithItsFetches() {
        List<String> expected = List.of(
                after(15) + " quarter past",
                after(20) + " price 1",
                after(30) + " fetched " + after(30),
                after(40) + " price 1",
                after(60) + " price 1",
                after(60) + " fetched " + after(60));
        clock.advance(Duration.ofHours(1));
        assertThat(done()).containsExactlyElementsOf(expected);
    }

    @Test
    void aHandlerThatSleepsAnswersWhenItsTimeHasCome() {
        String expected = "slept until " + after(50);
        CompletableFuture<String> answer = get("/slow/50");
        clock.untilWaiting("GET /slow/{minutes}");
        clock.advance(Duration.ofMinutes(49));
        assertThat(answer).isNotDone();
        clock.advance(Duration.ofMinutes(2));
        assertThat(answer).succeedsWithin(LIMIT).isEqualTo(expected);
    }

    @Test
    void theServerAnswersWhileTheClockStands() {
        assertThat(get("/time")).succeedsWithin(LIMIT).isEqualTo(after(0));
        assertThat(get("/time")).succeedsWithin(LIMIT).isEqualTo(after(0));
    }

    @Test
    void aTimeLimitPasses() {
        CompletableFuture<HttpStatus> status = CompletableFuture.supplyAsync(() -> HttpStatus.valueOf(client.get()
                .uri("/limited")
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value()));
        clock.untilWaiting("GET /limited");
        clock.advance(Duration.ofMillis(1_999));
        assertThat(status).isNotDone();
        clock.advance(Duration.ofMillis(1));
        assertThat(status).succeedsWithin(LIMIT).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
    }

    @Test
    void anEventStreamHasItsHeartbeats() {
        CompletableFuture<String> stream = HttpClient.newHttpClient()
                .sendAsync(
                        java.net.http.HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/feed"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .thenApply(java.net.http.HttpResponse::body);
        clock.untilWaiting("GET /feed");
        clock.advance(Duration.ofMinutes(1));
        assertThat(stream).succeedsWithin(LIMIT).satisfies(text -> {
            assertThat(text).startsWith("data: first").endsWith("data: last\n\n");
            assertThat(text.lines().filter(line -> line.startsWith(":"))).hasSize(3); // at 15, 30 and 45 s
        });
    }

    @Test
    void aWebSocketIsPingedAndItsPongsAreWaitedFor() throws Exception {
        Pinged pinged = new Pinged();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/echo"), pinged)
                .get(20, TimeUnit.SECONDS);
        clock.advance(Duration.ofMinutes(10));
        socket.sendText("still here", true);
        assertThat(pinged.texts.poll(20, TimeUnit.SECONDS)).isEqualTo("still here");
        assertThat(pinged.pings).hasValueBetween(19, 21);
        socket.abort();
    }

    /** Answers each ping, as the JDK's WebSockets do, and counts them. */
    private static final class Pinged implements WebSocket.Listener {

        final AtomicInteger pings = new AtomicInteger();

        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            pings.incrementAndGet();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            texts.add(text.toString());
            socket.request(1);
            return null;
        }
    }

    @Test
    void theApplicationsJavaClockShowsTheSameTime() {
        assertThat(javaClock.instant())
                .isEqualTo(clock.instant())
                .isEqualTo(loop.clock().instant());
        assertThat(javaClock.getZone()).isEqualTo(java.time.ZoneId.of("UTC"));
        assertThat(clock.instant()).isAfter(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Nested
    class Inside {

        @Autowired
        private SteppedClock own;

        @Test
        void nestedTestsHaveTheSameClock() {
            assertThat(own).isSameAs(clock);
        }
    }
}
