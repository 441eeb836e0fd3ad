package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class ClientCloseTest {

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static void assertClosed(Future<?> fetch) {
        assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                .isInstanceOf(ClientClosedException.class)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("is closed");
    }

    @OnBothCarriers
    void whatRunsAndWhatWaitsFailsAndNothingNewStarts(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(1))) {
            var running = http.client.fetch(server.url("/hang")).toCompletableFuture();
            server.awaitHanging(1);
            var waiting = http.client.fetch(server.url("/hello")).toCompletableFuture();
            http.client.close();
            http.client.close();
            assertClosed(running);
            assertClosed(waiting);
            server.awaitHungUp(1);
            assertClosed(http.client.fetch(server.url("/hello")).toCompletableFuture());
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(http.client.queued()).isZero();
        }
    }

    @OnBothCarriers
    void aCoroutineMayFetchWhileItsLoopLetsItFinish(Carrier carrier) {
        HttpFixture http = new HttpFixture(carrier, options -> options.withConnectTimeout(Duration.ofSeconds(10)));
        Task<String> last = http.loop.spawn(() -> {
            while (!http.loop.isClosing()) {
                Async.yieldNow();
            }
            return await(http.client.fetch(server.url("/countdown/1"))).text();
        });
        http.loop.close();
        assertThat(HttpFixture.outcome(last)).isEqualTo("Zero");
    }

    @OnBothCarriers
    void aLoopThatEndsFailsWhatStillRunsAndWaits(Carrier carrier) {
        List<Future<FetchResponse>> fetches = new ArrayList<>();
        HttpFixture http = new HttpFixture(carrier, options -> options.withMaxTotal(1));
        fetches.add(http.client.fetch(server.url("/hang")).toCompletableFuture());
        server.awaitHanging(1);
        for (int i = 0; i < 50; i++) {
            fetches.add(http.client.fetch(server.url("/hello")).toCompletableFuture());
        }
        http.loop.close();
        fetches.forEach(fetch -> assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                .isInstanceOf(CancellationException.class)
                .hasStackTraceContaining("is closed"));
        assertThatThrownBy(() -> http.client.fetch(server.url("/hello"))).isInstanceOf(LoopClosedException.class);
        http.client.close();
    }
}
