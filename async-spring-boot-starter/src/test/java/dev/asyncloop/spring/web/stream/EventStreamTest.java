package dev.asyncloop.spring.web.stream;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.EventSource;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.codec.CodecException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Events that a handler sends. */
@ExtendWith({OutputCaptureExtension.class, StreamApplications.class})
class EventStreamTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void everyFieldIsWrittenAsTheStandardWantsIt(String carrier) {
        ResponseEntity<String> answer = StreamApplications.on(carrier).get("/fields");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(answer.getHeaders().getFirst("Content-Type")).isEqualTo("text/event-stream");
        assertThat(answer.getHeaders().getFirst("Cache-Control")).isEqualTo("no-cache");
        assertThat(answer.getHeaders().getFirst("X-Accel-Buffering")).isEqualTo("no");
        assertThat(answer.getBody()).isEqualTo("""
                        data: plain

                        id: 1
                        data: one
                        data: two
                        data:\s
                        data: four

                        id: 2
                        event: quote
                        data: {"symbol":"ü","price":3}

                        : hello
                        id: 3
                        event: all
                        retry: 1500
                        data: ["a","b"]

                        : a
                        : b

                        retry: 250

                        data:\s

                        id:\s
                        data: 7

                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatConnectsAgainGoesOnAfterTheLastEventItHasGot(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        AsyncHttpClient http = application.bean(AsyncHttpClient.class);
        List<String> got = new ArrayList<>();
        application.bean(IOLoop.class).runSync(LONG, () -> {
            try (EventSource events =
                    http.events(FetchRequest.get("http://127.0.0.1:" + application.port() + "/counting")
                            .build())) {
                for (var event : events) {
                    got.add(event.id() + "=" + event.data());
                    if (got.size() == 7) {
                        return null;
                    }
                }
            }
            return null;
        });
        assertThat(got).containsExactly("é1=1", "é2=2", "é3=3", "é4=4", "é5=5", "é6=6", "é7=7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aHandlerThatFailsBeforeTheFirstEventGetsTheOrdinaryAnswer(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        ResponseEntity<String> answer = application.get("/failing/0");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(answer.getBody()).isEqualTo("handled after 0");
        assertThat(application.get("/wrongid").getBody()).contains("handled", "The id of an event", "a\\nb", "U+000A");
        assertThat(application.get("/unencodable").getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aHandlerThatFailsAfterTheFirstEventCutsTheAnswerOffAndIsLoggedOnce(String carrier, CapturedOutput output)
            throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        try (Socket socket = send(application, "/failing/2")) {
            String answer = readToEnd(socket);
            assertThat(answer).contains("data: 1").doesNotContain("handled").doesNotEndWith("0\r\n\r\n");
        }
        Awaitility.await().atMost(LONG).until(() -> output.getAll().contains("after 2]"));
        application.get("/fields");
        assertThat(output.getAll().split(" ERROR ")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatGoesAwayCancelsTheHandlerOnce(String carrier, CapturedOutput output) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        for (String path : List.of("/endless", "/waiting")) {
            int before = handlers.cancelled.get();
            try (Socket socket = send(application, path)) {
                readUntil(socket, "data: 3");
            }
            assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(handlers.cancelled.get() - before).as(path).isEqualTo(1);
        }
        application.get("/fields");
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatLeavesAStreamOfHttp2CancelsItsHandlerAndNoOther(String carrier, CapturedOutput output)
            throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        int before = handlers.cancelled.get();
        HttpClient http2 =
                HttpClient.create().protocol(HttpProtocol.H2C).baseUrl("http://127.0.0.1:" + application.port());
        CompletableFuture<String> other = http2.get()
                .uri("/released")
                .responseContent()
                .aggregate()
                .asString()
                .toFuture();
        List<String> got = http2.get()
                .uri("/waiting")
                .responseContent()
                .asString()
                .takeUntil(text -> text.contains("data: 3"))
                .collectList()
                .block(LONG);
        assertThat(String.join("", got)).contains("data: 1").contains("data: 3");
        assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(handlers.cancelled.get() - before).isEqualTo(1);
        handlers.release.complete(null);
        assertThat(other.get(20, TimeUnit.SECONDS)).contains("data: released");
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theEndOfTheApplicationCutsAStreamOffAndIsNoError(String carrier, CapturedOutput output) throws Exception {
        TestApplication application = StreamApplications.start(carrier);
        Handlers handlers = application.bean(Handlers.class);
        try (Socket socket = send(application, "/waiting")) {
            readUntil(socket, "data: 3");
            application.close();
            assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(handlers.cancelled).hasValue(1);
            assertThat(readToEnd(socket)).doesNotEndWith("0\r\n\r\n");
        }
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theSenderWaitsWhileTheClientDoesNotRead(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        handlers.sent.set(0);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(16 * 1024);
            connect(socket, application, "/flood");
            int[] before = {-1};
            Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
                int now = handlers.sent.get();
                return now > 0 && now == before[0] | (before[0] = now) < 0;
            });
            int stopped = handlers.sent.get();
            assertThat(stopped * 1000L).isLessThan(16 * 1024 * 1024); // what the sockets take, too
            byte[] some = new byte[64 * 1024];
            InputStream in = socket.getInputStream();
            Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> {
                in.readNBytes(some, 0, some.length);
                return handlers.sent.get() > stopped;
            });
        }
        assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aCommentIsSentWhileNothingElseIs(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        try (Socket socket = send(application, "/silent")) {
            assertThat(readUntil(socket, ":\n\n")).contains("200 OK");
            assertThat(readUntil(socket, ":\n\n")).doesNotContain("data");
        }
        assertThat(application.get("/busy").getBody()).doesNotContain(":\n\n").contains("data: 49");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void childrenSendInTheirOrderAndOneAtATime(String carrier) {
        String body = StreamApplications.on(carrier).get("/children").getBody();
        List<String> events = List.of(body.split("\n\n"));
        assertThat(events).hasSize(30);
        for (int i = 0; i < 30; i++) {
            String text = "data: " + i % 3;
            assertThat(events.get(i)).isEqualTo(text + "\n" + text + " " + i / 3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aTopicIsForwarded(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        IOLoop loop = application.bean(IOLoop.class);
        try (Socket socket = send(application, "/forwarding")) {
            readUntil(socket, "\r\n\r\n"); // it begins at once
            loop.runSync(LONG, () -> {
                handlers.topic.publish("one");
                handlers.topic.publish(Map.of("number", 2));
                handlers.topic.publish(ServerSentEvent.builder("three").id("3").build());
                return null;
            });
            assertThat(readUntil(socket, "three\n\n"))
                    .contains("data: one\n\n")
                    .contains("data: {\"number\":2}\n\n")
                    .contains("id: 3\ndata: three\n\n");
        }
        Awaitility.await().atMost(LONG).until(() -> handlers.topic.subscribers() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aStreamWithoutEventsIsAnAnswerAllTheSame(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        ResponseEntity<String> empty = application.get("/nothing/200");
        assertThat(empty.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(empty.getHeaders().getFirst("Content-Type")).isEqualTo("text/event-stream");
        assertThat(empty.getBody()).isNull();
        ResponseEntity<String> enough = application.get("/nothing/204");
        assertThat(enough.getStatusCode()).isEqualTo(HttpStatus.NO_CONTENT);
        assertThat(enough.getHeaders().getFirst("Content-Type")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aHeadRequestGetsTheHeadersAndEndsTheHandler(String carrier, CapturedOutput output) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        ResponseEntity<String> answer =
                application.exchange(application.client().head().uri("/waiting"));
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(answer.getHeaders().getFirst("Content-Type")).isEqualTo("text/event-stream");
        assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void whoSendsAfterTheHandlersReturnIsTold(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        assertThat(application.get("/leaving").getBody()).isEqualTo("data: only\n\n");
        handlers.left.complete(null);
        assertThat(handlers.afterReturn.get(20, TimeUnit.SECONDS))
                .isEqualTo("The answer to GET /leaving was sent to after its handler had ended; send in its"
                        + " coroutine, or in children that it waits for");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void anIdIsAskedForUnlessItMayBeNull(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        assertThat(application.get("/needsid").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(application
                        .exchange(application.client().get().uri("/needsid").header("Last-Event-ID", "x"))
                        .getBody())
                .isEqualTo("x");
    }

    // ---- a client that says what it reads

    private static Socket send(TestApplication application, String path) throws IOException {
        Socket socket = new Socket();
        connect(socket, application, path);
        return socket;
    }

    private static void connect(Socket socket, TestApplication application, String path) throws IOException {
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", application.port()));
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as(text.toString()).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }

    private static String readToEnd(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            int next;
            while ((next = socket.getInputStream().read()) >= 0) {
                text.append((char) next);
            }
        } catch (java.net.SocketException ex) {
            assertThat(ex).hasMessageContaining("reset"); // an end like another
        }
        return text.toString();
    }

    record Quote(String symbol, int price) {}

    @RestController
    @Coroutine
    static class Handlers {

        final AtomicInteger cancelled = new AtomicInteger();

        final AtomicInteger sent = new AtomicInteger();

        final Semaphore ended = new Semaphore(0);

        final CompletableFuture<@Nullable Void> release = new CompletableFuture<>();

        final CompletableFuture<@Nullable Void> left = new CompletableFuture<>();

        final CompletableFuture<String> afterReturn = new CompletableFuture<>();

        final Topic<Object> topic = Topic.create();

        private final IOLoop loop;

        Handlers(IOLoop loop) {
            this.loop = loop;
        }

        @GetMapping("/fields")
        @ResponseStatus(HttpStatus.ACCEPTED)
        void fields(EventStream out) {
            out.send("plain");
            out.send("1", "one\ntwo\r\n\rfour");
            out.send("2", "quote", new Quote("ü", 3));
            out.send(ServerSentEvent.builder(List.of("a", "b"))
                    .id("3")
                    .event("all")
                    .comment("hello")
                    .retry(Duration.ofMillis(1500))
                    .build());
            out.comment("a\nb");
            out.retry(Duration.ofMillis(250));
            out.send("");
            out.send("", 7);
        }

        @GetMapping("/counting")
        void counting(EventStream out, @Nullable LastEventId last) {
            int number = last == null ? 0 : Integer.parseInt(last.value().substring(1));
            out.retry(Duration.ofMillis(100));
            for (int i = 1; i <= 3; i++) {
                number++;
                out.send("é" + number, number);
            }
        }

        @GetMapping("/failing/{count}")
        void failing(EventStream out, @PathVariable int count) {
            for (int i = 1; i <= count; i++) {
                out.send(i);
                sleep(Duration.ofMillis(20));
            }
            throw new IllegalStateException("after " + count);
        }

        @GetMapping("/wrongid")
        void wrongId(EventStream out) {
            out.send("a\nb", "x");
        }

        @GetMapping("/unencodable")
        void unencodable(EventStream out) {
            out.send(new Object() {
                @SuppressWarnings("unused")
                public String getValue() {
                    throw new UnsupportedOperationException("no value");
                }
            });
        }

        @ExceptionHandler({IllegalStateException.class, IllegalArgumentException.class, CodecException.class})
        @ResponseStatus(HttpStatus.CONFLICT)
        String any(RuntimeException failure) {
            return "handled " + failure.getMessage();
        }

        @GetMapping("/endless")
        void endless(EventStream out) {
            cancellable(() -> {
                for (int i = 1; ; i++) {
                    out.send(i);
                }
            });
        }

        @GetMapping("/waiting")
        void waiting(EventStream out) {
            cancellable(() -> {
                for (int i = 1; i <= 3; i++) {
                    out.send(i);
                }
                await(new CompletableFuture<>());
            });
        }

        private void cancellable(Runnable body) {
            try {
                body.run();
            } catch (java.util.concurrent.CancellationException ex) {
                cancelled.incrementAndGet();
                throw ex;
            } finally {
                ended.release();
            }
        }

        @GetMapping("/released")
        void released(EventStream out) {
            out.open();
            await(release);
            out.send("released");
        }

        @GetMapping("/flood")
        void flood(EventStream out) {
            String text = "x".repeat(992);
            cancellable(() -> {
                while (true) {
                    out.send(text);
                    sent.incrementAndGet();
                }
            });
        }

        @GetMapping("/silent")
        void silent(EventStream out) {
            out.heartbeat(Duration.ofMillis(50));
            await(new CompletableFuture<>());
        }

        /** Sends more often than the heart beats, by a clock that does not mind a slow machine: the loop's. */
        @GetMapping("/busy")
        void busy(EventStream out) {
            out.heartbeat(Duration.ofSeconds(2));
            for (int i = 0; i < 50; i++) {
                out.send(i);
                yieldNow();
            }
        }

        @GetMapping("/children")
        void children(EventStream out) {
            TaskGroup.run(group -> {
                for (int child = 0; child < 3; child++) {
                    String name = "" + child;
                    group.spawn(() -> {
                        for (int i = 0; i < 10; i++) {
                            out.send(name + "\n" + name + " " + i);
                            yieldNow();
                        }
                    });
                }
                return null;
            });
        }

        @GetMapping("/forwarding")
        void forwarding(EventStream out) {
            try (var news = topic.subscribe()) {
                await(out.forward(news));
            }
        }

        @GetMapping("/nothing/{status}")
        void nothing(EventStream out, ServerHttpResponse response, @PathVariable int status) {
            response.setStatusCode(HttpStatus.valueOf(status));
        }

        @GetMapping("/leaving")
        void leaving(EventStream out) {
            out.send("only");
            loop.spawn("late", () -> {
                await(left);
                try {
                    out.send("late");
                } catch (IllegalStateException ex) {
                    afterReturn.complete(ex.getMessage());
                }
            });
        }

        @GetMapping("/needsid")
        String needsId(LastEventId last) {
            Async.yieldNow();
            return last.value();
        }
    }
}
