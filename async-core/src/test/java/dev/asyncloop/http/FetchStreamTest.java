package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A response whose body is read as it comes. */
class FetchStreamTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static FetchStream open(HttpFixture http, String url) {
        return await(http.client.stream(FetchRequest.get(url).build()));
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    @OnBothCarriers
    void itsHeadIsThereBeforeItsBody(Carrier carrier) throws IOException {
        CountDownLatch headSeen = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "X-Name: value\r\n\r\n");
                    HttpFixture.await(headSeen);
                    peer.write(chunk("one") + chunk("two") + "0\r\n\r\n");
                })) {
            List<String> chunks = http.run(() -> {
                try (FetchStream stream = open(http, slow.url("/path"))) {
                    assertThat(stream.status()).isEqualTo(200);
                    assertThat(stream.headers().first("X-Name")).isEqualTo("value");
                    assertThat(stream.effectiveUri()).hasToString(slow.url("/path"));
                    headSeen.countDown();
                    List<String> all = new ArrayList<>();
                    for (byte[] piece : stream.chunks()) {
                        all.add(new String(piece, StandardCharsets.UTF_8));
                    }
                    return all;
                }
            });
            assertThat(String.join("", chunks)).isEqualTo("onetwo");
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void redirectsAreFollowedAndErrorsAreErrors(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            http.run(() -> {
                try (FetchStream stream = open(http, server.url("/countdown/2"))) {
                    assertThat(stream.effectiveUri()).hasToString(server.url("/countdown/0"));
                    assertThat(stream.text()).isEqualTo("Zero");
                }
                assertThatThrownBy(() -> open(http, server.url("/status/503")))
                        .isInstanceOfSatisfying(
                                HttpStatusException.class,
                                failure -> assertThat(failure.response().text()).isEqualTo("as you like"));
                FetchStream wanted = await(http.client.stream(FetchRequest.get(server.url("/status/503"))
                        .raiseError(false)
                        .build()));
                assertThat(wanted.status()).isEqualTo(503);
                assertThat(wanted.text()).isEqualTo("as you like");
                return null;
            });
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    /** What is not read is not taken from the server: but for what the two sockets hold. */
    @OnBothCarriers
    void theReaderHoldsTheServerBack(Carrier carrier) throws Exception {
        AtomicLong sent = new AtomicLong();
        int piece = 256 * 1024;
        long total = 64L * 1024 * 1024;
        try (var http = new HttpFixture(carrier);
                var fast = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + total + "\r\n\r\n");
                    for (long left = total; left > 0; left -= piece) {
                        peer.write(new byte[piece]);
                        sent.addAndGet(piece);
                    }
                })) {
            FetchStream stream = HttpFixture.outcome(
                    http.client.stream(FetchRequest.get(fast.url("/")).build()));
            long standstill = -1;
            while (sent.get() == 0 || standstill != sent.get()) {
                standstill = sent.get();
                for (int i = 0; i < 50; i++) {
                    http.settle();
                }
            }
            assertThat(standstill).isLessThan(total / 4);
            long read = http.run(() -> {
                long count = 0;
                for (byte[] bytes : stream.chunks()) {
                    count += bytes.length;
                }
                return count;
            });
            assertThat(read).isEqualTo(total);
        }
    }

    @OnBothCarriers
    void isAnInputStreamForCoroutinesAndForForeignThreads(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "Connection: close\r\n\r\n" + chunk("one "));
                    peer.write(chunk("two") + "0\r\n\r\n");
                })) {
            assertThat(http.run(() -> {
                        try (InputStream in = open(http, slow.url("/")).inputStream()) {
                            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                        }
                    }))
                    .isEqualTo("one two");
            FetchStream stream = HttpFixture.outcome(
                    http.client.stream(FetchRequest.get(slow.url("/")).build()));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try (InputStream in = stream.inputStream()) {
                int read;
                while ((read = in.read()) >= 0) {
                    all.write(read);
                }
            }
            assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("one two");
        }
    }

    @OnBothCarriers
    void otherCoroutinesRunWhileOneReads(Carrier carrier) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n");
                    HttpFixture.await(go);
                    peer.write("0\r\n\r\n");
                })) {
            Task<Integer> reader = http.loop.spawn(() -> {
                try (InputStream in = open(http, slow.url("/")).inputStream()) {
                    return in.read();
                }
            });
            slow.accepted.acquire();
            assertThat(http.run(() -> "here")).isEqualTo("here");
            assertThat(reader.isDone()).isFalse();
            go.countDown();
            assertThat(HttpFixture.outcome(reader)).isEqualTo(-1);
        }
    }

    @OnBothCarriers
    void givesLinesInTheCharsetOfItsContentType(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=\"iso-8859-1\"\r\n"
                            + "Content-Length: 20\r\n\r\n\u00e9one\ntwo\r\n\rfour\n\nsix");
                })) {
            List<String> lines = http.run(() -> {
                List<String> all = new ArrayList<>();
                open(http, raw.url("/")).lines().forEach(all::add);
                return all;
            });
            assertThat(lines).containsExactly("\u00e9one", "two", "", "four", "", "six");
        }
    }

    @OnBothCarriers
    void aLineIsThereBeforeTheNextOne(Carrier carrier) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("one\r"));
                    HttpFixture.await(seen);
                    peer.write(chunk("\ntwo") + "0\r\n\r\n");
                })) {
            List<String> lines = http.run(() -> {
                List<String> all = new ArrayList<>();
                for (String line : open(http, raw.url("/")).lines()) {
                    all.add(line);
                    seen.countDown();
                }
                return all;
            });
            assertThat(lines).containsExactly("one", "two");
        }
    }

    @OnBothCarriers
    void aLineWithoutEndIsStopped(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("x".repeat(100)));
                    peer.readToEnd();
                })) {
            assertThatThrownBy(() -> http.run(() -> {
                        open(http, raw.url("/")).lines(99).forEach(line -> {});
                        return null;
                    }))
                    .isInstanceOf(BodyTooLargeException.class)
                    .hasMessageContaining("longer than 99 characters");
            assertThat(raw.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void allOfItHasTheClientsLimit(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withMaxBodySize(5))) {
            assertThatThrownBy(() ->
                            http.run(() -> open(http, server.url("/hello")).bytes()))
                    .isInstanceOf(BodyTooLargeException.class)
                    .hasMessageContaining("maxBodySize");
            long length = http.run(() -> {
                long count = 0;
                for (byte[] piece : open(http, server.url("/hello")).chunks()) {
                    count += piece.length;
                }
                return count;
            });
            assertThat(length).isEqualTo(12);
        }
    }

    @OnBothCarriers
    void keepsItsSlotUntilItIsClosed(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier, options -> options.withMaxTotal(1));
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("one"));
                    peer.readToEnd();
                })) {
            http.run(() -> {
                FetchStream stream = open(http, raw.url("/"));
                Task<FetchResponse> next = http.client.fetch(server.url("/hello"));
                assertThat(http.client.active()).isEqualTo(1);
                assertThat(next.isDone()).isFalse();
                stream.close();
                stream.close();
                return await(next);
            });
            assertThat(raw.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void isClosedWithTheCoroutineThatItBelongsTo(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("one"));
                    peer.readToEnd();
                })) {
            FetchStream stream = http.run(() -> open(http, raw.url("/")));
            assertThat(raw.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThatThrownBy(() -> http.run(stream::bytes))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the coroutine that it belonged to has ended");
        }
    }

    @OnBothCarriers
    void whatHasComeIsReadBeforeTheFailure(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var raw = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")) {
            StringBuilder read = new StringBuilder();
            assertThatThrownBy(() -> http.run(() -> {
                        for (byte[] piece : open(http, raw.url("/")).chunks()) {
                            read.append(new String(piece, StandardCharsets.UTF_8));
                        }
                        return null;
                    }))
                    .isInstanceOfSatisfying(BrokenResponseException.class, failure -> {
                        assertThat(failure.phase()).isEqualTo(FetchPhase.BODY);
                        assertThat(failure.uri()).hasToString(raw.url("/"));
                    });
            assertThat(read).hasToString("short");
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void isReadOnce(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            http.run(() -> {
                FetchStream stream = open(http, server.url("/hello"));
                assertThat(stream.text()).isEqualTo("Hello world!");
                assertThatThrownBy(stream::lines)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("read once");
                return null;
            });
        }
    }

    @OnBothCarriers
    void itsTimeoutEndsWithTheHeadAndEachWaitHasTheReadTimeout(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        CountDownLatch second = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("one"));
                    HttpFixture.await(second);
                    peer.write(chunk("two"));
                    peer.readToEnd();
                })) {
            FetchStream stream = HttpFixture.outcome(http.client.stream(FetchRequest.get(raw.url("/"))
                    .timeout(Duration.ofSeconds(10))
                    .readTimeout(Duration.ofSeconds(15))
                    .build()));
            InputStream in = stream.inputStream();
            assertThat(in.readNBytes(3)).isEqualTo("one".getBytes());
            clock.advance(Duration.ofSeconds(14));
            http.settle();
            second.countDown();
            assertThat(in.readNBytes(3)).isEqualTo("two".getBytes());
            clock.advance(Duration.ofSeconds(14));
            http.settle();
            assertThat(http.client.active()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(1));
            assertThatThrownBy(in::read)
                    .isInstanceOf(IOException.class)
                    .cause()
                    .isInstanceOfSatisfying(FetchTimeoutException.class, failure -> {
                        assertThat(failure.limit()).isEqualTo(Duration.ofSeconds(15));
                        assertThat(failure.phase()).isEqualTo(FetchPhase.BODY);
                        assertThat(failure.elapsed()).isEqualTo(Duration.ofSeconds(29));
                    })
                    .hasMessageContaining("readTimeout");
            assertThat(raw.done.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void aReaderThatTakesItsTimeIsNotATimeout(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        try (var http = new HttpFixture(carrier, clock, options -> options.withReadTimeout(Duration.ofSeconds(1)));
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                    peer.write(new byte[1_000_000]);
                })) {
            FetchStream stream = HttpFixture.outcome(
                    http.client.stream(FetchRequest.get(raw.url("/")).build()));
            InputStream in = stream.inputStream();
            assertThat(in.read()).isZero();
            for (int i = 0; i < 10; i++) {
                clock.advance(Duration.ofSeconds(1));
                http.settle();
            }
            assertThat(in.readAllBytes()).hasSize(999_999);
        }
    }

    @OnBothCarriers
    void closingTheClientEndsIt(Carrier carrier) throws Exception {
        try (var http = new HttpFixture(carrier);
                var raw = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n");
                    peer.readToEnd();
                })) {
            FetchStream stream = HttpFixture.outcome(
                    http.client.stream(FetchRequest.get(raw.url("/")).build()));
            http.client.close();
            assertThatThrownBy(stream::bytes).isInstanceOf(ClientClosedException.class);
        }
    }

    @OnBothCarriers
    void whatWasNotReadBeforeTheEndIsNotMissingInSilence(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var small = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.answer("a body that has come completely");
                })) {
            http.run(() -> {
                FetchStream stream = open(http, small.url("/"));
                while (http.client.active() > 0) { // until all has come
                    Async.yieldNow();
                }
                stream.close();
                assertThatThrownBy(stream::bytes)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is closed");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLineIsThereAsSoonAsItHasEndedAlsoTheFirst(Carrier carrier) throws IOException {
        for (String first : List.of("\n", "a\n", "ab\n", "abc\n", "\u00ef\n")) {
            CountDownLatch lineSeen = new CountDownLatch(1);
            try (var http = new HttpFixture(carrier);
                    var slow = new ScriptedServer(peer -> {
                        peer.readHead();
                        peer.write(CHUNKED + "Content-Type: text/plain; charset=ISO-8859-1\r\n\r\n" + chunk(first));
                        HttpFixture.await(lineSeen);
                        peer.write(chunk("the rest") + "0\r\n\r\n");
                    })) {
                http.run(() -> {
                    try (FetchStream stream = open(http, slow.url("/"))) {
                        Iterator<String> lines = stream.lines().iterator();
                        assertThat(lines.next()).isEqualTo(first.strip());
                        lineSeen.countDown();
                        assertThat(lines.next()).isEqualTo("the rest");
                        assertThat(lines.hasNext()).isFalse();
                    }
                    return null;
                });
            }
        }
    }

    @OnBothCarriers
    void aConnectionIsNotIdleWhileItsBodyIsRead(Carrier carrier) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("one"));
                    HttpFixture.await(seen);
                    peer.write(chunk("two") + "0\r\n\r\n");
                })) {
            http.run(() -> {
                try (FetchStream stream = open(http, slow.url("/"))) {
                    Iterator<byte[]> chunks = stream.chunks().iterator();
                    assertThat(chunks.next()).asString().isEqualTo("one");
                    assertThat(http.client.statistics().connections()).isEqualTo(1);
                    assertThat(http.client.idle()).isZero();
                    seen.countDown();
                    assertThat(chunks.next()).asString().isEqualTo("two");
                    assertThat(chunks.hasNext()).isFalse();
                }
                return null;
            });
            http.settle();
            assertThat(http.client.idle()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aWaitForALineThatIsCancelledLosesNothing(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        List<CountDownLatch> waits = List.of(new CountDownLatch(1), new CountDownLatch(1));
        List<CountDownLatch> passed = List.of(new CountDownLatch(1), new CountDownLatch(1));
        try (var http = new HttpFixture(carrier, clock, options -> options);
                var slow = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(CHUNKED + "\r\n" + chunk("\u00ef"));
                    HttpFixture.await(passed.get(0));
                    peer.write(chunk("\u00bb\u00bfone\ntw"));
                    HttpFixture.await(passed.get(1));
                    peer.write(chunk("o") + "0\r\n\r\n");
                })) {
            Task<List<String>> reader = http.loop.spawn(() -> {
                List<String> all = new ArrayList<>();
                Iterator<String> lines = open(http, slow.url("/")).lines().iterator();
                for (int i = 0; i < 2; i++) {
                    waits.get(i).countDown();
                    assertThatThrownBy(() -> Async.withTimeout(Duration.ofSeconds(1), lines::hasNext))
                            .isInstanceOf(AsyncTimeoutException.class);
                    passed.get(i).countDown();
                    all.add(lines.next());
                }
                return all;
            });
            for (CountDownLatch waiting : waits) {
                HttpFixture.await(waiting);
                http.settle();
                clock.advance(Duration.ofSeconds(1));
            }
            assertThat(HttpFixture.outcome(reader)).containsExactly("one", "two");
        }
    }
}
