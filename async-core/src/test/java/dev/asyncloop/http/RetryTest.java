package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** On a clock that stands still until it is moved. */
class RetryTest {

    private static final RetryPolicy EXACT =
            RetryPolicy.defaults().withJitter(0).withDelay(Duration.ofSeconds(1), Duration.ofSeconds(3));

    private final ManualClock clock = new ManualClock();

    /** The heads of the requests that came. */
    private final LinkedBlockingQueue<String> requests = new LinkedBlockingQueue<>();

    private final AtomicInteger count = new AtomicInteger();

    /** Answers the nth request with the nth of these; an empty answer closes the connection instead. */
    private WireServer server(String... answers) throws IOException {
        return new WireServer(peer -> {
            String head;
            while ((head = peer.readHead()) != null) {
                int number = count.getAndIncrement();
                requests.add(head);
                if (answers[number].isEmpty()) {
                    return;
                }
                peer.write(answers[number]);
            }
        });
    }

    private static String status(int status, String... headers) {
        return "HTTP/1.1 " + status + " Status\r\n" + String.join("", headers) + "Content-Length: 2\r\n\r\nok";
    }

    private HttpFixture client(Carrier carrier, RetryPolicy retry) {
        return client(carrier, options -> options.withRetry(retry));
    }

    private HttpFixture client(Carrier carrier, UnaryOperator<HttpClientOptions> options) {
        return new HttpFixture(carrier, clock, options);
    }

    private void awaitRequest(HttpFixture http) {
        try {
            assertThat(requests.poll(20, TimeUnit.SECONDS)).as("a request").isNotNull();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
        awaitIdle(http);
    }

    /** Waits until the answer has come and the slot is free. */
    private static void awaitIdle(HttpFixture http) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (http.client.active() > 0) {
            assertThat(System.nanoTime()).isLessThan(end);
            http.settle();
        }
        http.settle();
    }

    private void passes(HttpFixture http, Duration time) {
        clock.advance(time);
        http.settle();
    }

    private void assertNothingYet(HttpFixture http, Duration until) {
        passes(http, until);
        assertThat(requests).isEmpty();
        assertThat(http.client.active()).isZero();
    }

    @OnBothCarriers
    void aStatusIsRetriedWithGrowingDelaysAndWithoutASlot(Carrier carrier) throws IOException {
        try (var server = server(status(503), status(502), status(200));
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitRequest(http);
            assertNothingYet(http, Duration.ofSeconds(1).minusNanos(1));
            passes(http, Duration.ofNanos(1));
            awaitRequest(http);
            assertNothingYet(http, Duration.ofSeconds(2).minusNanos(1));
            passes(http, Duration.ofNanos(1));
            FetchResponse response = HttpFixture.outcome(fetch);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.attempts()).isEqualTo(3);
            assertThat(response.request().uri()).hasToString(server.url("/"));
        }
    }

    @OnBothCarriers
    void theLastFailureHasThoseBeforeIt(Carrier carrier) throws IOException {
        // the second on a new connection: on a kept-alive one it would be sent again without being an attempt
        try (var server = server(status(503, "Connection: close\r\n"), "", status(504));
                var http = client(carrier, EXACT)) {
            FetchRequest request = FetchRequest.get(server.url("/")).build();
            Task<FetchResponse> fetch = http.client.fetch(request);
            awaitRequest(http);
            passes(http, Duration.ofSeconds(1));
            awaitRequest(http);
            passes(http, Duration.ofSeconds(2));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(HttpStatusException.class, last -> {
                        assertThat(last.attempts()).isEqualTo(3);
                        assertThat(last.response().status()).isEqualTo(504);
                        assertThat(last.response().attempts()).isEqualTo(3);
                        assertThat(last.response().request()).isSameAs(request);
                        assertThat(last.getSuppressed()).hasSize(2);
                        assertThat(last.getSuppressed()[0]).hasMessageContaining("the status is 503");
                        assertThat(last.getSuppressed()[1]).isInstanceOf(BrokenResponseException.class);
                    });
        }
    }

    @OnBothCarriers
    void aStatusThatIsAResultIsRetriedToo(Carrier carrier) throws IOException {
        try (var server = server(status(503), status(503));
                var http = client(carrier, options -> options.withRaiseError(false))) {
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.get(server.url("/"))
                    .retry(EXACT.withMaxAttempts(2))
                    .build());
            awaitRequest(http);
            passes(http, Duration.ofSeconds(1));
            assertThat(HttpFixture.outcome(fetch).attempts()).isEqualTo(2);
            assertThat(HttpFixture.outcome(fetch).status()).isEqualTo(503);
        }
    }

    @OnBothCarriers
    void aConnectionThatIsNotMadeIsRetriedWithAnyMethod(Carrier carrier) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        try (var http = client(carrier, EXACT.withDelay(Duration.ZERO, Duration.ZERO))) {
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.post("http://127.0.0.1:" + port + "/")
                    .body("x")
                    .build());
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(ConnectFailedException.class, last -> {
                        assertThat(last.attempts()).isEqualTo(3);
                        assertThat(last.getSuppressed()).hasSize(2).hasOnlyElementsOfType(ConnectFailedException.class);
                    });
        }
    }

    @OnBothCarriers
    void whatMayHaveHadAnEffectIsRetriedOnlyIfAllowed(Carrier carrier) throws IOException {
        try (var server = server(status(503), "", status(503), status(200));
                var http = client(carrier, EXACT)) {
            for (String answer : List.of("the status is 503", "the connection was lost")) {
                assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(
                                FetchRequest.post(server.url("/")).body("").build())))
                        .hasMessageContaining(answer)
                        .satisfies(failure -> assertThat(((FetchException) failure).attempts())
                                .isEqualTo(1));
            }
            requests.clear();
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.post(server.url("/"))
                    .body("")
                    .retry(EXACT.withAnyMethod(true))
                    .build());
            awaitRequest(http);
            passes(http, Duration.ofSeconds(1));
            assertThat(HttpFixture.outcome(fetch).attempts()).isEqualTo(2);
        }
    }

    /** What a server has begun to answer it has done, and a method that can't be repeated is not. */
    @OnBothCarriers
    void anAnswerThatDoesNotComeToItsEndIsRetriedOnlyIfAllowed(Carrier carrier) throws IOException {
        try (var server = new WireServer(peer -> {
                    String head = peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
                    requests.add(head);
                    peer.awaitEnd();
                });
                var http = client(carrier, EXACT.withAttemptTimeout(Duration.ofSeconds(2)))) {
            Task<FetchResponse> post = http.client.fetch(
                    FetchRequest.post(server.url("/")).body("").build());
            awaitHanging();
            http.settle(); // it reads the head
            passes(http, Duration.ofSeconds(2));
            assertThatThrownBy(() -> HttpFixture.outcome(post))
                    .isInstanceOfSatisfying(
                            FetchTimeoutException.class,
                            late -> assertThat(late.attempts()).isEqualTo(1));
            assertThat(requests).isEmpty();
        }
    }

    /** The first server has done what it was asked for; that the second one can't be reached does not change that. */
    @OnBothCarriers
    void whatLeadsNowhereAfterARedirectIsRetriedOnlyIfAllowed(Carrier carrier) throws IOException {
        String nowhere;
        try (var closed = server()) {
            nowhere = closed.url("/");
        }
        String redirect = status(303, "Location: " + nowhere + "\r\n");
        try (var server = server(redirect, redirect, redirect);
                var http = client(carrier, EXACT)) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(
                            FetchRequest.post(server.url("/")).body("").build())))
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            failure -> assertThat(failure.attempts()).isEqualTo(1));
            assertThat(requests).hasSize(1);
        }
    }

    @OnBothCarriers
    void theSameBodyIsSentAgain(Carrier carrier) throws IOException {
        try (var server = new TestServer();
                var broken = new WireServer(peer -> {
                    peer.readHead();
                    requests.add(new String(peer.readBody(3)));
                    peer.write(status(503));
                });
                var http = client(carrier, EXACT.withMaxAttempts(2))) {
            Task<FetchResponse> fetch = http.client.fetch(
                    FetchRequest.put(broken.url("/")).form("a", 1).build());
            assertThat(requests.poll(20, TimeUnit.SECONDS)).isEqualTo("a=1");
            awaitIdle(http);
            passes(http, Duration.ofSeconds(1));
            assertThat(requests.poll(20, TimeUnit.SECONDS)).isEqualTo("a=1");
            assertThatThrownBy(() -> HttpFixture.outcome(fetch)).isInstanceOf(HttpStatusException.class);
            assertThat(server.connections()).isZero();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void whatWouldComeAgainIsNotRetried(Carrier carrier) throws IOException {
        for (String answer :
                List.of(status(500), status(404), "nonsense\r\n\r\n", status(200, "X: " + "a".repeat(70_000)))) {
            count.set(0);
            try (var server = server(answer);
                    var http = client(carrier, EXACT)) {
                assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(server.url("/"))))
                        .isInstanceOfSatisfying(
                                FetchException.class,
                                failure -> assertThat(failure.attempts()).isEqualTo(1));
            }
        }
        try (var server = new TestServer();
                var http = client(carrier, EXACT)) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch("https://127.0.0.1:" + server.port() + "/")))
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            failure -> assertThat(failure.attempts()).isEqualTo(1));
        }
    }

    @OnBothCarriers
    void aDelayThatTheServerAsksForIsKept(Carrier carrier) throws IOException {
        String date = "Thu, 01 Jan 1970 00:00:10 GMT"; // the clock began at zero
        try (var server = server(
                        status(429, "Retry-After: 5\r\n"), status(503, "Retry-After: " + date + "\r\n"), status(200));
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitRequest(http);
            assertNothingYet(http, Duration.ofSeconds(5).minusNanos(1));
            passes(http, Duration.ofNanos(1));
            awaitRequest(http);
            assertNothingYet(http, Duration.ofSeconds(5).minusNanos(1));
            passes(http, Duration.ofNanos(1));
            assertThat(HttpFixture.outcome(fetch).attempts()).isEqualTo(3);
        }
    }

    @OnBothCarriers
    void aDelayThatIsTooLongIsNotBegun(Carrier carrier) throws IOException {
        String forEver = "Retry-After: " + "9".repeat(30) + "\r\n";
        try (var server = server(
                        status(503, forEver),
                        status(503, "Retry-After: 11\r\n"),
                        status(503, "Retry-After: 9\r\n"),
                        status(503));
                var http = client(carrier, EXACT)) {
            for (Duration limit : List.of(
                    Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(9), Duration.ofSeconds(1))) {
                assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(
                                FetchRequest.get(server.url("/")).timeout(limit).build())))
                        .isInstanceOf(HttpStatusException.class)
                        .satisfies(failure -> assertThat(((FetchException) failure).attempts())
                                .isEqualTo(1));
            }
        }
    }

    @OnBothCarriers
    void theLimitIsForAllAttempts(Carrier carrier) throws IOException {
        Duration limit = Duration.ofSeconds(3);
        try (var server = new WireServer(peer -> {
                    while (peer.readHead() != null) {
                        requests.add("");
                        if (count.getAndIncrement() == 0) {
                            peer.write(status(503));
                        }
                    }
                });
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(
                    FetchRequest.get(server.url("/")).timeout(limit).build());
            awaitRequest(http);
            passes(http, Duration.ofSeconds(1));
            awaitHanging();
            passes(http, Duration.ofSeconds(2).minusNanos(1));
            assertThat(fetch.isDone()).isFalse();
            passes(http, Duration.ofNanos(1));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(FetchTimeoutException.class, late -> {
                        assertThat(late.limit()).isEqualTo(limit);
                        assertThat(late.attempts()).isEqualTo(2);
                        assertThat(late.getSuppressed()).hasSize(1);
                        assertThat(late.elapsed()).isEqualTo(limit);
                    })
                    .hasMessageContaining("has passed in attempt 2");
        }
    }

    private void awaitHanging() {
        try {
            assertThat(requests.poll(20, TimeUnit.SECONDS)).isNotNull();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void anAttemptMayHaveALimitOfItsOwn(Carrier carrier) throws IOException {
        try (var server = new WireServer(peer -> {
                    peer.readHead();
                    requests.add("");
                    if (count.getAndIncrement() == 1) {
                        peer.write(status(200));
                    }
                    peer.awaitEnd();
                });
                var http = client(carrier, EXACT.withAttemptTimeout(Duration.ofSeconds(2)))) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitHanging();
            passes(http, Duration.ofSeconds(2));
            awaitIdle(http);
            passes(http, Duration.ofSeconds(1));
            assertThat(HttpFixture.outcome(fetch).attempts()).isEqualTo(2);
        }
    }

    @OnBothCarriers
    void theOnlyAttemptHasThatLimitToo(Carrier carrier) throws IOException {
        try (var server = new WireServer(peer -> {
                    requests.add(peer.readHead());
                    peer.awaitEnd();
                });
                var http = client(carrier, RetryPolicy.none().withAttemptTimeout(Duration.ofSeconds(2)))) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitHanging();
            passes(http, Duration.ofSeconds(2));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch)).isInstanceOf(FetchTimeoutException.class);
        }
    }

    @OnBothCarriers
    void aCancelledDelayIsTheEnd(Carrier carrier) throws IOException {
        try (var server = server(status(503), status(200));
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitRequest(http);
            assertThat(fetch.cancel(false)).isTrue();
            http.settle();
            assertThatThrownBy(() -> HttpFixture.outcome(fetch)).isInstanceOf(CancellationException.class);
            assertNothingYet(http, Duration.ofSeconds(10));
        }
    }

    @OnBothCarriers
    void aCancelledAttemptIsAborted(Carrier carrier) {
        try (var server = new TestServer();
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/hang"));
            server.awaitHanging(1);
            fetch.cancel(false);
            server.awaitHungUp(1);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void whoWaitsForAnotherAttemptIsToldThatTheClientCloses(Carrier carrier) throws IOException {
        try (var server = server(status(503));
                var http = client(carrier, EXACT)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/"));
            awaitRequest(http);
            http.client.close();
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(
                            ClientClosedException.class,
                            closed -> assertThat(closed.getSuppressed()).hasSize(1));
        }
    }

    @OnBothCarriers
    void aRequestMayRefuseWhatItsClientDoes(Carrier carrier) throws IOException {
        try (var server = server(status(503));
                var http = client(carrier, EXACT)) {
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(FetchRequest.get(server.url("/"))
                            .retry(RetryPolicy.none())
                            .build())))
                    .isInstanceOf(HttpStatusException.class);
        }
    }

    @Test
    void delaysGrowUpToALimitAndAreDrawnFromAWindow() {
        RetryPolicy exact = EXACT.withDelay(Duration.ofMillis(100), Duration.ofMillis(500));
        assertThat(exact.delayAfter(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(exact.delayAfter(3)).isEqualTo(Duration.ofMillis(400));
        assertThat(exact.delayAfter(4)).isEqualTo(Duration.ofMillis(500));
        assertThat(exact.delayAfter(2_000_000_000)).isEqualTo(Duration.ofMillis(500));
        assertThat(exact.withFactor(1).delayAfter(9)).isEqualTo(Duration.ofMillis(100));
        assertThat(exact.withDelay(Duration.ofMillis(100), HttpClientOptions.NO_TIMEOUT)
                        .delayAfter(4))
                .isEqualTo(Duration.ofMillis(800));
        Random seeded = new Random(42);
        RetryPolicy drawn = exact.withJitter(0.5, seeded::nextDouble);
        List<Duration> some =
                Stream.generate(() -> drawn.delayAfter(1)).limit(100).toList();
        assertThat(some)
                .allMatch(delay ->
                        delay.compareTo(Duration.ofMillis(50)) >= 0 && delay.compareTo(Duration.ofMillis(100)) <= 0);
        assertThat(Set.copyOf(some)).hasSizeGreaterThan(90);
        assertThat(drawn.withJitter(1, () -> 1).delayAfter(1)).isZero();
    }

    @Test
    void aPolicyThatMakesNoSenseIsRefused() {
        RetryPolicy policy = RetryPolicy.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withMaxAttempts(0))
                .withMessageContaining("maxAttempts must be positive, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withDelay(Duration.ofSeconds(-1), Duration.ZERO))
                .withMessageContaining("delay must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withFactor(0.5))
                .withMessageContaining("factor");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withJitter(1.5))
                .withMessageContaining("jitter");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.withAttemptTimeout(Duration.ZERO))
                .withMessageContaining("attemptTimeout");
    }

    @OnBothCarriers
    void anObjectIsReadOnlyWhenItIsFetchedAndSentAsItWasThen(Carrier carrier) throws IOException {
        List<Thread> encoding = new CopyOnWriteArrayList<>();
        BodyCodec codec = new BodyCodec() {
            @Override
            public byte[] encode(Object value) {
                encoding.add(Thread.currentThread());
                return value.toString().getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Object decode(byte[] bytes, Type type) {
                throw new IllegalStateException("not asked for");
            }
        };
        List<String> bodies = new CopyOnWriteArrayList<>();
        try (var server = new ScriptedServer(peer -> {
                    while (true) {
                        peer.readHead();
                        bodies.add(peer.read(1));
                        peer.write(bodies.size() < 3 ? status(503) : status(200));
                    }
                });
                var http = new HttpFixture(carrier, options -> options.withCodec(codec))) {
            StringBuilder changing = new StringBuilder("1");
            RetryPolicy atOnce = RetryPolicy.defaults().withDelay(Duration.ZERO, Duration.ZERO);
            FetchRequest request = FetchRequest.put(server.url("/"))
                    .json(changing)
                    .retry(atOnce)
                    .build();
            http.run(() -> {
                Task<FetchResponse> fetch = http.client.fetch(request);
                changing.setCharAt(0, '2');
                return Async.await(fetch);
            });
            assertThat(bodies).containsExactly("1", "1", "1");
            assertThat(encoding).hasSize(1);
        }
    }
}
