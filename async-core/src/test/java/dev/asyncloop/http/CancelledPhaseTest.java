package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * With one slot, a fetch that is cancelled in any of its phases lets the next one start at once, and before those that came
 * later. What is cancelled would have ended after a minute.
 */
class CancelledPhaseTest {

    private static final Duration WOULD_HAVE_TAKEN = Duration.ofMinutes(1);

    private final List<String> order = new CopyOnWriteArrayList<>();

    private ScriptedServer others;

    @BeforeEach
    void startServer() throws IOException {
        others = new ScriptedServer(peer -> {
            while (true) {
                String head = peer.readHead();
                order.add(head.substring(0, head.indexOf(" HTTP")));
                peer.answer("done");
            }
        });
    }

    @AfterEach
    void stopServer() throws IOException {
        others.close();
    }

    private static HttpFixture withOneSlot(Carrier carrier) {
        return new HttpFixture(
                carrier,
                options -> options.withMaxTotal(1).withTimeout(WOULD_HAVE_TAKEN).withConnectTimeout(WOULD_HAVE_TAKEN));
    }

    /** Cancels, when it has got so far, what has the slot. */
    private void assertNextStartsAtOnce(HttpFixture http, Runnable cancel) {
        Task<FetchResponse> next = http.client.fetch(others.url("/next"));
        Task<FetchResponse> later = http.client.fetch(others.url("/later"));
        http.settle();
        assertThat(next.isDone()).isFalse();
        long start = System.nanoTime();
        cancel.run();
        HttpFixture.outcome(next);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WOULD_HAVE_TAKEN.dividedBy(10));
        HttpFixture.outcome(later);
        assertThat(order).containsExactly("GET /next", "GET /later");
        http.settle();
        assertThat(http.client.active()).isZero();
    }

    private void assertNextStartsAtOnce(HttpFixture http, Task<?> running) {
        assertNextStartsAtOnce(http, () -> running.cancel(false));
        assertThatThrownBy(() -> HttpFixture.outcome(running)).isInstanceOf(CancellationException.class);
    }

    private static void await(Semaphore semaphore) {
        try {
            assertThat(semaphore.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void connecting(Carrier carrier) throws IOException {
        try (var http = withOneSlot(carrier);
                var raw = RawServer.unreachable()) {
            assertNextStartsAtOnce(http, http.client.fetch(raw.url("/")));
        }
    }

    @OnBothCarriers
    void securing(Carrier carrier) throws IOException {
        try (var http = withOneSlot(carrier);
                var raw = RawServer.silent()) {
            Task<FetchResponse> running = http.client.fetch("https://127.0.0.1:" + raw.port() + "/");
            raw.awaitConnection();
            assertNextStartsAtOnce(http, running);
            Permits.await(raw.hungUp, 1);
        }
    }

    @OnBothCarriers
    void askingWhetherTheBodyIsWanted(Carrier carrier) throws IOException {
        Semaphore asked = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var silent = new ScriptedServer(peer -> {
                    peer.readHead();
                    asked.release();
                    peer.readToEnd();
                })) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.post(silent.url("/"))
                    .expectContinue(true)
                    .body(out -> Async.sleep(WOULD_HAVE_TAKEN))
                    .build());
            await(asked);
            assertNextStartsAtOnce(http, running);
            await(silent.done);
        }
    }

    @OnBothCarriers
    void producingTheBody(Carrier carrier) throws IOException {
        Semaphore producing = new Semaphore(0);
        Semaphore ended = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var silent = new ScriptedServer(ScriptedServer.Peer::readToEnd)) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.post(silent.url("/"))
                    .body(out -> {
                        try {
                            producing.release();
                            Async.sleep(WOULD_HAVE_TAKEN);
                        } finally {
                            ended.release();
                        }
                    })
                    .build());
            await(producing);
            assertNextStartsAtOnce(http, running);
            await(ended);
            await(silent.done);
        }
    }

    @OnBothCarriers
    void sendingABodyThatNobodyReads(Carrier carrier) throws IOException {
        Semaphore ended = new Semaphore(0);
        Semaphore full = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var deaf = new ScriptedServer(peer -> {})) {
            Task<FetchResponse> running = http.client.fetch(FetchRequest.post(deaf.url("/"))
                    .body(out -> {
                        try {
                            while (true) {
                                out.write(new byte[64 * 1024]);
                                full.release();
                            }
                        } finally {
                            ended.release();
                        }
                    })
                    .build());
            await(full);
            assertNextStartsAtOnce(http, running);
            await(ended);
        }
    }

    @OnBothCarriers
    void waitingForTheHead(Carrier carrier) throws IOException {
        Semaphore waiting = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var silent = new ScriptedServer(peer -> {
                    peer.readHead();
                    waiting.release();
                    peer.readToEnd();
                })) {
            Task<FetchResponse> running = http.client.fetch(silent.url("/"));
            await(waiting);
            assertNextStartsAtOnce(http, running);
            await(silent.done);
        }
    }

    @OnBothCarriers
    void readingTheBody(Carrier carrier) throws IOException {
        Semaphore reading = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
                    reading.release();
                    peer.readToEnd();
                })) {
            Task<FetchResponse> running = http.client.fetch(slow.url("/"));
            await(reading);
            assertNextStartsAtOnce(http, running);
            await(slow.done);
        }
    }

    @OnBothCarriers
    void followingARedirect(Carrier carrier) throws IOException {
        Semaphore redirected = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var silent = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
                    peer.readHead();
                    redirected.release();
                    peer.readToEnd();
                })) {
            Task<FetchResponse> running = http.client.fetch(silent.url("/"));
            await(redirected);
            assertNextStartsAtOnce(http, running);
            await(silent.done);
        }
    }

    @OnBothCarriers
    void openingAStream(Carrier carrier) throws IOException {
        Semaphore waiting = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var silent = new ScriptedServer(peer -> {
                    peer.readHead();
                    waiting.release();
                    peer.readToEnd();
                })) {
            Task<FetchStream> running =
                    http.client.stream(FetchRequest.get(silent.url("/")).build());
            await(waiting);
            assertNextStartsAtOnce(http, running);
            await(silent.done);
        }
    }

    @OnBothCarriers
    void readingAStream(Carrier carrier) throws IOException {
        Semaphore reading = new Semaphore(0);
        try (var http = withOneSlot(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
                    peer.readToEnd();
                })) {
            Task<byte[]> reader = http.loop.spawn(() -> {
                FetchStream stream = Async.await(
                        http.client.stream(FetchRequest.get(slow.url("/")).build()));
                reading.release();
                return stream.bytes();
            });
            await(reading);
            assertNextStartsAtOnce(http, reader);
            await(slow.done);
        }
    }
}
