package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the loop's clock, which stands still here until it is moved. */
class FetchTimeoutTest {

    private final ManualClock clock = new ManualClock();

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private void assertTimesOut(Task<?> fetch, FetchPhase phase, Duration limit) {
        assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                .isInstanceOfSatisfying(FetchTimeoutException.class, failure -> {
                    assertThat(failure.phase()).isEqualTo(phase);
                    assertThat(failure.limit()).isEqualTo(limit);
                })
                .hasMessageContaining("the limit of " + limit)
                .hasMessageContaining("127.0.0.1");
    }

    @OnBothCarriers
    void aResponseThatDoesNotCome(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options)) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/hang"));
            server.awaitHanging(1);
            clock.advance(Duration.ofSeconds(20).minusNanos(1));
            http.settle();
            assertThat(fetch.isDone()).isFalse();
            clock.advance(Duration.ofNanos(1));
            assertTimesOut(fetch, FetchPhase.RESPONSE, Duration.ofSeconds(20));
            server.awaitHungUp(1);
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aBodyThatDoesNotEnd(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier, clock, options -> options.withTimeout(Duration.ofSeconds(3)));
                var raw = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".getBytes(), false)) {
            Task<FetchResponse> fetch = http.client.fetch(raw.url("/"));
            assertThat(raw.heads.take()).startsWith("GET / HTTP/1.1");
            clock.advance(Duration.ofSeconds(3));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .isInstanceOfSatisfying(
                            FetchTimeoutException.class,
                            failure -> assertThat(failure.phase())
                                    .isIn(FetchPhase.RESPONSE, FetchPhase.BODY)); // the head may not have come yet
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void aConnectionThatIsNotMade(Carrier carrier) throws IOException {
        Duration limit = Duration.ofSeconds(2);
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(limit));
                var raw = RawServer.unreachable()) {
            Task<FetchResponse> fetch = http.client.fetch(raw.url("/"));
            http.settle();
            assertThat(http.client.active()).isEqualTo(1);
            clock.advance(limit);
            assertTimesOut(fetch, FetchPhase.CONNECT, limit);
            Task<FetchResponse> shorter = http.client.fetch(FetchRequest.get(raw.url("/"))
                    .timeout(Duration.ofSeconds(1))
                    .build());
            http.settle();
            clock.advance(Duration.ofSeconds(1));
            assertTimesOut(shorter, FetchPhase.CONNECT, Duration.ofSeconds(1));
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aHandshakeThatIsNotAnswered(Carrier carrier) throws IOException {
        Duration limit = Duration.ofSeconds(2);
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(limit));
                var raw = RawServer.silent()) {
            Task<FetchResponse> fetch = http.client.fetch("https://127.0.0.1:" + raw.port() + "/");
            raw.awaitConnection();
            clock.advance(limit);
            assertTimesOut(fetch, FetchPhase.CONNECT, limit);
            Permits.await(raw.hungUp, 1);
        }
    }

    @OnBothCarriers
    void theLimitForConnectingEndsWithTheConnection(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options.withConnectTimeout(Duration.ofSeconds(1)))) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/gate"));
            server.awaitHanging(1);
            clock.advance(Duration.ofSeconds(5));
            server.openGate();
            assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("open");
        }
    }

    @OnBothCarriers
    void theTimeInLineCounts(Carrier carrier) {
        try (var http = new HttpFixture(carrier, clock, options -> options.withMaxTotal(1))) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.get(server.url("/hang"))
                    .timeout(Duration.ofMinutes(1))
                    .build());
            server.awaitHanging(1);
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            http.settle();
            assertThat(http.client.queued()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(20));
            assertTimesOut(waiting, FetchPhase.QUEUE, Duration.ofSeconds(20));
            http.settle();
            assertThat(http.client.queued()).isZero();
            assertThat(http.client.active()).isEqualTo(1);
            assertThat(running.isDone()).isFalse();
        }
    }

    @OnBothCarriers
    void lineAndHeadMayHaveShorterLimits(Carrier carrier) {
        Duration limit = Duration.ofSeconds(2);
        try (var http = new HttpFixture(
                carrier, clock, options -> options.withMaxTotal(1).withQueueTimeout(limit))) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.get(server.url("/hang"))
                    .readTimeout(Duration.ofSeconds(3))
                    .build());
            server.awaitHanging(1);
            Task<FetchResponse> waiting = http.client.fetch(server.url("/hello"));
            http.settle();
            clock.advance(limit);
            assertTimesOut(waiting, FetchPhase.QUEUE, limit);
            clock.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> HttpFixture.outcome(running))
                    .isInstanceOfSatisfying(FetchTimeoutException.class, failure -> {
                        assertThat(failure.phase()).isEqualTo(FetchPhase.RESPONSE);
                        assertThat(failure.limit()).isEqualTo(Duration.ofSeconds(3));
                        assertThat(failure.elapsed()).isEqualTo(Duration.ofSeconds(3));
                    })
                    .hasMessageContaining("failed after 3000 ms (response)")
                    .hasMessageContaining("raise `readTimeout`");
            server.awaitHungUp(1);
        }
    }

    @OnBothCarriers
    void whatComesInTimeGoesOn(Carrier carrier) throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier, clock, options -> options.withReadTimeout(Duration.ofSeconds(3)));
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
                    peer.write("1");
                    HttpFixture.await(more);
                    peer.write("2");
                })) {
            Task<FetchResponse> fetch = http.client.fetch(slow.url("/"));
            slow.accepted.acquire();
            clock.advance(Duration.ofSeconds(2));
            http.settle();
            more.countDown();
            assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("12");
        }
    }

    @OnBothCarriers
    void aPeerThatTakesNoMoreOfTheRequest(Carrier carrier) throws Exception {
        Duration limit = Duration.ofSeconds(3);
        AtomicLong written = new AtomicLong();
        try (var http = new HttpFixture(
                        carrier,
                        clock,
                        options -> options.withReadTimeout(limit).withTimeout(HttpClientOptions.NO_TIMEOUT));
                var deaf = new ScriptedServer(peer -> {})) {
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.post(deaf.url("/"))
                    .body(out -> {
                        while (true) {
                            out.write(new byte[64 * 1024]);
                            written.incrementAndGet();
                        }
                    })
                    .build());
            long standstill = -1;
            while (written.get() == 0 || standstill != written.get()) {
                standstill = written.get();
                for (int i = 0; i < 50; i++) {
                    http.settle();
                }
            }
            long giveUp = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!fetch.isDone() && System.nanoTime() < giveUp) { // for as long as the limit is set again
                clock.advance(limit);
                http.settle();
            }
            assertTimesOut(fetch, FetchPhase.REQUEST, limit);
        }
    }

    @OnBothCarriers
    void noLimitIsNone(Carrier carrier) {
        try (var http = new HttpFixture(
                carrier,
                clock,
                options -> options.withTimeout(HttpClientOptions.NO_TIMEOUT)
                        .withConnectTimeout(HttpClientOptions.NO_TIMEOUT))) {
            Task<FetchResponse> fetch = http.client.fetch(server.url("/gate"));
            server.awaitHanging(1);
            clock.advance(Duration.ofDays(1000));
            http.settle();
            assertThat(fetch.isDone()).isFalse();
            server.openGate();
            assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("open");
        }
    }

    @Test
    void zeroIsNoLimitToGive() {
        assertThatThrownBy(() -> FetchRequest.get(server.url("/")).timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NO_TIMEOUT");
    }
}
