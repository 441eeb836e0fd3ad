package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.net.AddressResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fetch that is cancelled gives back at once what it holds; the next one in line goes on. */
class FetchCancellationTest {

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static HttpFixture withOneSlot(Carrier carrier) {
        return new HttpFixture(carrier, options -> options.withMaxTotal(1));
    }

    private static void assertCancelled(Task<?> task) {
        assertThatThrownBy(() -> HttpFixture.outcome(task)).isInstanceOf(CancellationException.class);
    }

    @OnBothCarriers
    void whileItWaitsForTheResponse(Carrier carrier) {
        try (var http = withOneSlot(carrier)) {
            Task<FetchResponse> running = http.client.fetch(server.url("/hang"));
            server.awaitHanging(1);
            Task<FetchResponse> next = http.client.fetch(server.url("/hello"));
            http.settle();
            assertThat(next.isDone()).isFalse();
            assertThat(running.cancel(false)).isTrue();
            assertThat(HttpFixture.outcome(next).text()).isEqualTo("Hello world!");
            assertCancelled(running);
            server.awaitHungUp(1);
        }
    }

    @OnBothCarriers
    void whileTheBodyComes(Carrier carrier) throws IOException, InterruptedException {
        try (var http = withOneSlot(carrier);
                var raw = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".getBytes(), false)) {
            Task<FetchResponse> running = http.client.fetch(raw.url("/"));
            assertThat(raw.heads.take()).isNotEmpty();
            Task<FetchResponse> next = http.client.fetch(server.url("/hello"));
            running.cancel(false);
            assertThat(HttpFixture.outcome(next).text()).isEqualTo("Hello world!");
            assertCancelled(running);
        }
    }

    @OnBothCarriers
    void whileItConnects(Carrier carrier) throws IOException {
        try (var http = withOneSlot(carrier);
                var raw = RawServer.unreachable()) {
            Task<FetchResponse> running = http.client.fetch(raw.url("/"));
            Task<FetchResponse> next = http.client.fetch(server.url("/hello"));
            http.settle();
            assertThat(next.isDone()).isFalse();
            assertThat(Sockets.connectingTo(raw.port())).isEqualTo(1);
            running.cancel(false);
            assertThat(HttpFixture.outcome(next).text()).isEqualTo("Hello world!");
            assertCancelled(running);
            assertThat(Sockets.connectingTo(raw.port())).isZero();
        }
    }

    @OnBothCarriers
    void whileItSecuresTheConnection(Carrier carrier) throws IOException {
        try (var http = withOneSlot(carrier);
                var raw = RawServer.silent()) {
            Task<FetchResponse> running = http.client.fetch("https://127.0.0.1:" + raw.port() + "/");
            Task<FetchResponse> next = http.client.fetch(server.url("/hello"));
            raw.awaitConnection();
            running.cancel(false);
            assertThat(HttpFixture.outcome(next).text()).isEqualTo("Hello world!");
            assertCancelled(running);
            Permits.await(raw.hungUp, 1);
        }
    }

    @OnBothCarriers
    void whileItWaitsInLine(Carrier carrier) {
        try (var http = withOneSlot(carrier)) {
            Task<FetchResponse> running = http.client.fetch(server.url("/gate"));
            Task<FetchResponse> second = http.client.fetch(server.url("/hang"));
            Task<FetchResponse> third = http.client.fetch(server.url("/hello"));
            http.settle();
            assertThat(http.client.queued()).isEqualTo(2);
            second.cancel(false);
            http.settle();
            assertThat(http.client.queued()).isEqualTo(1);
            assertThat(http.client.active()).isEqualTo(1);
            server.openGate();
            assertThat(HttpFixture.outcome(running).text()).isEqualTo("open");
            assertThat(HttpFixture.outcome(third).text()).isEqualTo("Hello world!");
            assertCancelled(second);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void atOnceAfterItsStart(Carrier carrier) {
        try (var http = withOneSlot(carrier)) {
            http.run(() -> {
                for (int i = 0; i < 100; i++) {
                    http.client.fetch(server.url("/hang")).cancel(false);
                }
                return await(http.client.fetch(server.url("/hello")));
            });
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(http.client.queued()).isZero();
        }
    }

    @OnBothCarriers
    void byALimitAroundIt(Carrier carrier) {
        try (var http = withOneSlot(carrier)) {
            assertThatThrownBy(() -> http.run(() -> Async.withTimeout(
                            Duration.ofMillis(200), () -> await(http.client.fetch(server.url("/hang"))))))
                    .isInstanceOf(AsyncTimeoutException.class);
            server.awaitHungUp(1);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void byTheEndOfTheCoroutineThatStartedIt(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            http.run(() -> {
                http.client.fetch(server.url("/hang"));
                http.client.fetch(server.url("/hang"));
                return await(http.loop.runInExecutor(() -> {
                    server.awaitHanging(2);
                    return null;
                }));
            });
            server.awaitHungUp(2);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void whileItConnectsToTheSecondAddressOfAHost(Carrier carrier) throws IOException {
        AddressResolver two =
                host -> CompletableFuture.completedFuture(List.of(address("127.0.0.2"), address("127.0.0.1")));
        try (var raw = RawServer.unreachable(); // at the second only; the first refuses
                var http = new HttpFixture(
                        carrier, options -> options.withConnection(connection -> connection.withResolver(two)))) {
            Task<FetchResponse> running = http.client.fetch("http://two.example:" + raw.port() + "/");
            while (Sockets.connectingTo(raw.port()) == 0) {
                http.settle();
            }
            running.cancel(false);
            assertCancelled(running);
            http.settle();
            assertThat(Sockets.connectingTo(raw.port())).isZero();
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
