package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request's body that is produced while it is sent. */
class ProducedBodyTest {

    @TempDir
    Path folder;

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private FetchRequest.Builder echo() {
        return FetchRequest.post(server.url("/echo"));
    }

    private static String fetch(HttpFixture http, FetchRequest.Builder request) {
        return http.run(() -> await(http.client.fetch(request.build())).text());
    }

    @OnBothCarriers
    void isSentInChunks(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, echo().body(out -> {
                        out.write("1234");
                        Async.sleep(Duration.ofMillis(1));
                        out.write("5678");
                    })))
                    .isEqualTo("12345678");
            assertThat(server.last().header("Transfer-Encoding")).isEqualTo("chunked");
        }
    }

    @OnBothCarriers
    void isSentWithItsLengthIfThatIsKnown(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, echo().body(8, out -> {
                        out.write("1234");
                        out.write("5678");
                    })))
                    .isEqualTo("12345678");
            assertThat(server.last().header("Content-Length")).isEqualTo("8");
            assertThat(server.last().header("Transfer-Encoding")).isNull();
        }
    }

    @OnBothCarriers
    void mayBeEmpty(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, echo().body(out -> {}))).isEmpty();
            assertThat(fetch(http, echo().body(0, out -> {}))).isEmpty();
            assertThat(server.seen).hasSize(2);
        }
    }

    @OnBothCarriers
    void comesFromAChannel(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            String text = http.run(() -> {
                Channel<byte[]> pieces = Channel.of(1);
                Task<FetchResponse> fetch =
                        http.client.fetch(echo().body(pieces).build());
                for (String piece : new String[] {"one ", "two ", "three"}) {
                    pieces.send(piece.getBytes());
                }
                pieces.close();
                return await(fetch).text();
            });
            assertThat(text).isEqualTo("one two three");
        }
    }

    @OnBothCarriers
    void comesFromAStreamThatTheExecutorReadsAndCloses(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            Set<Boolean> virtual = ConcurrentHashMap.newKeySet();
            AtomicBoolean closed = new AtomicBoolean();
            InputStream in = new ByteArrayInputStream("x".repeat(200_000).getBytes()) {

                @Override
                public synchronized int read(byte[] bytes, int offset, int length) {
                    virtual.add(Thread.currentThread().isVirtual());
                    return super.read(bytes, offset, length);
                }

                @Override
                public void close() {
                    virtual.add(Thread.currentThread().isVirtual());
                    closed.set(true);
                }
            };
            assertThat(fetch(http, echo().body(in))).hasSize(200_000);
            assertThat(virtual).containsExactly(false);
            assertThat(closed).isTrue();
        }
    }

    @OnBothCarriers
    void comesFromAFileWithItsLengthAndOnceMoreAfterARedirect(Carrier carrier) throws IOException {
        Path file = Files.writeString(folder.resolve("body"), "line\n".repeat(50_000));
        try (var http = new HttpFixture(carrier)) {
            fetch(http, FetchRequest.post(server.url("/temporary/1")).body(file));
            assertThat(server.seen).hasSize(2).allSatisfy(seen -> {
                assertThat(seen.header("Content-Length")).isEqualTo("250000");
                assertThat(seen.body()).hasSize(250_000).startsWith("line\nline\n");
            });
        }
    }

    @OnBothCarriers
    void aFileThatIsNotThereFailsTheFetch(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> fetch(http, echo().body(folder.resolve("missing"))))
                    .hasRootCauseInstanceOf(NoSuchFileException.class);
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(server.seen).isEmpty();
        }
    }

    /** What the peer does not read is not produced: but for what the two sockets hold. */
    @OnBothCarriers
    void waitsForTheConnectionToHaveRoom(Carrier carrier) throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        AtomicLong got = new AtomicLong();
        long total = 64L * 1024 * 1024;
        AtomicLong produced = new AtomicLong();
        try (var http = new HttpFixture(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    HttpFixture.await(read);
                    for (long left = total; left > 0; left -= 1024 * 1024) {
                        got.addAndGet(peer.read(1024 * 1024).length());
                    }
                    peer.answer("thanks");
                })) {
            byte[] piece = new byte[256 * 1024];
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.post(slow.url("/"))
                    .body(total, out -> {
                        for (long left = total; left > 0; left -= piece.length) {
                            out.write(piece);
                            produced.addAndGet(piece.length);
                        }
                    })
                    .build());
            slow.accepted.acquire();
            long standstill = -1;
            while (produced.get() == 0 || standstill != produced.get()) {
                standstill = produced.get();
                for (int i = 0; i < 50; i++) {
                    http.settle();
                }
            }
            assertThat(standstill).isLessThan(total / 4);
            read.countDown();
            assertThat(HttpFixture.outcome(fetch).text()).isEqualTo("thanks");
            assertThat(produced).hasValue(total);
            assertThat(got).hasValue(total);
        }
    }

    @OnBothCarriers
    void itsExceptionIsTheFetchs(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            IllegalStateException failure = new IllegalStateException("no more orders");
            assertThatThrownBy(() -> fetch(http, echo().body(out -> {
                        out.write("1234");
                        throw failure;
                    })))
                    .isSameAs(failure);
            assertThatThrownBy(() -> fetch(http, echo().body(out -> {
                        throw new IOException("unreadable");
                    })))
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("unreadable");
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void keepsTheLengthThatWasAnnounced(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> fetch(http, echo().body(8, out -> out.write("1234"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("announced with 8 bytes, but 4 were written");
            assertThatThrownBy(() -> fetch(http, echo().body(8, out -> out.write("123456789"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("announced with 8 bytes, but 9");
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void isProducedByAChildOfTheOneThatFetches(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            AtomicBoolean inLoop = new AtomicBoolean();
            LinkedBlockingQueue<String> ended = new LinkedBlockingQueue<>();
            http.run(() -> {
                http.client.fetch(echo().body(out -> {
                            inLoop.set(IOLoop.current() == http.loop);
                            try {
                                out.write("12");
                                Async.sleep(Duration.ofHours(1));
                            } catch (CancellationException ex) {
                                ended.add("cancelled");
                                throw ex;
                            }
                        })
                        .build());
                while (!inLoop.get()) {
                    Async.sleep(Duration.ofMillis(1));
                }
                return null;
            });
            assertThat(take(ended)).isEqualTo("cancelled");
        }
    }

    @OnBothCarriers
    void cancellingTheFetchCancelsTheProducer(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(1));
                var slow = new ScriptedServer(ScriptedServer.Peer::readToEnd)) {
            LinkedBlockingQueue<String> steps = new LinkedBlockingQueue<>();
            Task<FetchResponse> fetch = http.client.fetch(FetchRequest.post(slow.url("/"))
                    .body(out -> {
                        try {
                            out.write("12");
                            steps.add("started");
                            Async.sleep(Duration.ofHours(1));
                        } catch (CancellationException ex) {
                            steps.add("cancelled");
                            throw ex;
                        }
                    })
                    .build());
            assertThat(take(steps)).isEqualTo("started");
            fetch.cancel(false);
            assertThat(take(steps)).isEqualTo("cancelled");
            assertThat(slow.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    private static String take(LinkedBlockingQueue<String> queue) {
        try {
            return queue.poll(20, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @OnBothCarriers
    void isNotProducedTwiceUnlessItSaysThatItCanBe(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            AtomicInteger produced = new AtomicInteger();
            BodyProducer producer = out -> out.write("body " + produced.incrementAndGet());
            FetchRequest.Builder redirected = FetchRequest.post(server.url("/temporary/1"));
            assertThatThrownBy(() -> fetch(http, redirected.body(producer)))
                    .isInstanceOf(BodyNotRepeatableException.class)
                    .hasMessageContaining("status 307")
                    .hasMessageContaining("repeatableBody");
            assertThat(produced).hasValue(1);
            fetch(http, redirected.repeatableBody(producer));
            assertThat(produced).hasValue(3);
            assertThat(server.last().body()).isEqualTo("body 3");
            fetch(http, FetchRequest.post(server.url("/found/1")).body(producer)); // becomes a GET without a body
            assertThat(produced).hasValue(4);
        }
    }

    @OnBothCarriers
    void anEarlyAnswerEndsTheProduction(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var early = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.read(1); // before that the production may not have begun
                    peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                    peer.readToEnd();
                })) {
            Semaphore ended = new Semaphore(0);
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.post(early.url("/")).body(out -> {
                                try {
                                    while (true) {
                                        out.write("x".repeat(10_000));
                                    }
                                } finally {
                                    ended.release();
                                }
                            })))
                    .isInstanceOfSatisfying(
                            HttpStatusException.class,
                            failure -> assertThat(failure.response().status()).isEqualTo(413));
            assertThat(ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(early.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue(); // its connection was closed
        }
    }

    @OnBothCarriers
    void isHeldBackUntilTheServerSaysContinue(Carrier carrier) throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        try (var http = new HttpFixture(carrier);
                var polite = new ScriptedServer(peer -> {
                    String head = peer.readHead();
                    asked.set(head.toLowerCase().contains("expect: 100-continue"));
                    peer.write("HTTP/1.1 100 Continue\r\n\r\n");
                    peer.answer(peer.readChunks());
                })) {
            assertThat(fetch(
                            http,
                            FetchRequest.post(polite.url("/"))
                                    .expectContinue(true)
                                    .body(out -> out.write("body " + asked.get()))))
                    .isEqualTo("body true");
        }
    }

    @OnBothCarriers
    void isNeverProducedIfTheServerRefuses(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var strict = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
                    peer.readToEnd();
                })) {
            AtomicInteger produced = new AtomicInteger();
            FetchRequest request = FetchRequest.post(strict.url("/"))
                    .expectContinue(true)
                    .raiseError(false)
                    .body(out -> produced.incrementAndGet())
                    .build();
            assertThat(http.run(() -> await(http.client.fetch(request))).status())
                    .isEqualTo(401);
            http.settle();
            assertThat(produced).hasValue(0);
            assertThat(strict.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void isSentAfterASecondIfTheServerSaysNothing(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var old = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.answer(peer.read(4));
                })) {
            assertThat(fetch(
                            http,
                            FetchRequest.post(old.url("/")).expectContinue(true).body("late")))
                    .isEqualTo("late");
        }
    }

    @Test
    void lengthsAreChecked() {
        assertThatThrownBy(() -> echo().body(-1, out -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @OnBothCarriers
    void whatTheBodyComesFromIsClosedAlsoIfItWasNeverWanted(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(1));
                var silent = RawServer.silent();
                var strict = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
                    peer.readToEnd();
                })) {
            assertClosed(http, FetchRequest.post(refusing()), Task::join);
            assertClosed(http, FetchRequest.post(strict.url("/")).expectContinue(true), Task::join);
            assertClosed(http, FetchRequest.post(refusing()), task -> task.cancel(false));
            Task<FetchResponse> busy = http.client.fetch(silent.url("/"));
            assertClosed(http, FetchRequest.post(silent.url("/")), task -> task.cancel(false)); // in line
            FetchRequest.Builder limited = FetchRequest.post(silent.url("/")).queueTimeout(Duration.ofMillis(1));
            assertClosed(http, limited, Task::join);
            busy.cancel(false);
        }
    }

    /** Fetches with each kind of body that owns something, brings that to its end, and looks whether it was closed. */
    private static void assertClosed(HttpFixture http, FetchRequest.Builder request, Consumer<Task<?>> end)
            throws InterruptedException {
        Semaphore closed = new Semaphore(0);
        InputStream in = new ByteArrayInputStream(new byte[10]) {
            @Override
            public void close() {
                closed.release();
            }
        };
        Channel<byte[]> channel = Channel.of(1);
        for (FetchRequest each :
                List.of(request.body(in).build(), request.body(channel).build())) {
            Task<FetchResponse> task = http.run(() -> http.client.fetch(each));
            Task<FetchResponse> owned = task.isDone() ? http.client.fetch(each) : task;
            try {
                end.accept(owned);
            } catch (CompletionException | CancellationException ex) {
                // as it should
            }
        }
        assertThat(closed.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        http.run(() -> {
            while (!channel.isClosed()) {
                Async.yieldNow();
            }
            return null;
        });
    }

    private static String refusing() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return "http://127.0.0.1:" + free.getLocalPort() + "/";
        }
    }

    @OnBothCarriers
    void whatIsClosedWhileItIsReadIsNoFailureThatNobodyAwaited(Carrier carrier) throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        Semaphore closed = new Semaphore(0);
        CountDownLatch failed = new CountDownLatch(1);
        InputStream in = new InputStream() {
            @Override
            public int read() throws IOException {
                reading.countDown();
                closed.acquireUninterruptibly();
                failed.countDown();
                throw new IOException("closed while it was read");
            }

            @Override
            public void close() {
                closed.release();
            }
        };
        try (var log = new CapturedLog()) {
            try (var http = new HttpFixture(carrier);
                    var silent = RawServer.silent()) {
                Task<FetchResponse> running = http.client.fetch(
                        FetchRequest.post(silent.url("/")).body(in).build());
                HttpFixture.await(reading);
                running.cancel(false);
                HttpFixture.await(failed);
                http.settle();
            }
            assertThat(log.messages()).noneMatch(message -> message.contains("nobody awaited"));
        }
    }
}
