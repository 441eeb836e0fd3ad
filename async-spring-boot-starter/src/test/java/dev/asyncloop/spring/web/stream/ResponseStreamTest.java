package dev.asyncloop.spring.web.stream;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Answers that a handler sends piece by piece. */
@ExtendWith({OutputCaptureExtension.class, StreamApplications.class})
class ResponseStreamTest {

    private static final long GIB = 1024L * 1024 * 1024;

    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void objectsAreLinesOfJson(String carrier) {
        ResponseEntity<String> answer = StreamApplications.on(carrier).get("/lines");
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_NDJSON);
        assertThat(answer.getBody()).isEqualTo("{\"n\":1}\n[2,\"a\\nb\"]\n\"text\"\n\"AQI=\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void textAndBytesAreSentAsTheyAre(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        ResponseEntity<String> text = application.get("/text");
        assertThat(text.getHeaders().getFirst("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(text.getBody()).isEqualTo("grün und gelb");
        ResponseEntity<String> produced = application.get("/csv");
        assertThat(produced.getHeaders().getFirst("Content-Type")).isEqualTo("text/csv");
        assertThat(produced.getHeaders().getFirst("X-Own")).isEqualTo("yes");
        assertThat(produced.getBody()).isEqualTo("a;b\n1;2\n");
        ResponseEntity<String> nothing = application.get("/nothing");
        assertThat(nothing.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(nothing.getBody()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void whatIsSentIsThereBeforeTheHandlerReturns(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        try (InputStream in = open(application, "/stepwise").getInputStream()) {
            handlers.next.complete(null); // the headers have come: it has begun
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("one");
        }
    }

    @ParameterizedTest
    @CsvSource({"event-loop, 1024", "jdk, 256"})
    void aGibibyteIsSentInConstantMemory(String carrier, int mebibytes) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        long size = mebibytes * 1024L * 1024;
        long count = 0;
        long most = 0;
        byte[] buffer = new byte[256 * 1024];
        try (InputStream in = open(application, "/bytes/" + size).getInputStream()) {
            int length;
            while ((length = in.read(buffer)) >= 0) {
                count += length;
                most = Math.max(most, handlers.sent.get() - count);
            }
        }
        assertThat(count).isEqualTo(size);
        assertThat(most).isLessThan(32 * 1024 * 1024); // what the sockets take, too
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aFailureBeforeTheFirstPieceIsAnsweredAndLaterTheClientSeesThatItIsCutOff(
            String carrier, CapturedOutput output) {
        TestApplication application = StreamApplications.on(carrier);
        ResponseEntity<String> early = application.get("/early");
        assertThat(early.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(early.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        for (HttpProtocol protocol : List.of(HttpProtocol.HTTP11, HttpProtocol.H2C)) {
            Mono<String> late = HttpClient.create()
                    .protocol(protocol)
                    .get()
                    .uri("http://127.0.0.1:" + application.port() + "/late")
                    .responseContent()
                    .aggregate()
                    .asString();
            assertThatThrownBy(() -> late.block(LONG)).as(protocol.name()).isNotNull();
        }
        Awaitility.await().atMost(LONG).until(() -> output.getAll().split(" ERROR ").length == 3);
        assertThat(output).contains("on purpose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void whatIsPipelinedBehindAStreamIsAnsweredAfterIt(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        try (var socket = new java.net.Socket("127.0.0.1", application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /text HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /lines HTTP/1.1\r\nHost: x\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String both = readUntil(socket.getInputStream(), "AQI=");
            assertThat(both).containsSubsequence("und gelb", "0\r\n\r\nHTTP/1.1 200 OK", "{\"n\":1}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theEndOfAClientInTheMiddleOfADownloadCancelsTheHandler(String carrier, CapturedOutput output)
            throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        handlers.ended.drainPermits();
        for (HttpProtocol protocol : List.of(HttpProtocol.HTTP11, HttpProtocol.H2C)) {
            HttpClient.create()
                    .protocol(protocol)
                    .get()
                    .uri("http://127.0.0.1:" + application.port() + "/bytes/" + GIB)
                    .responseContent()
                    .take(20)
                    .blockLast(LONG);
            assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS))
                    .as(protocol.name())
                    .isTrue();
            assertThat(handlers.sent.get()).isLessThan(GIB);
        }
        assertThat(output).doesNotContain("ERROR");
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            assertThat(next).as(text.toString()).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }

    private static HttpURLConnection open(TestApplication application, String path) throws IOException {
        return (HttpURLConnection) URI.create("http://127.0.0.1:" + application.port() + path)
                .toURL()
                .openConnection();
    }

    @RestController
    @Coroutine
    static class Handlers {

        final AtomicLong sent = new AtomicLong();

        final Semaphore ended = new Semaphore(0);

        final CompletableFuture<@Nullable Void> next = new CompletableFuture<>();

        @GetMapping("/lines")
        void lines(ResponseStream out) {
            out.sendJson(Map.of("n", 1));
            out.sendJson(List.of(2, "a\nb"));
            out.sendJson("text");
            out.sendJson(new byte[] {1, 2});
        }

        @GetMapping("/text")
        void text(ResponseStream out) {
            out.send("grün ");
            byte[] bytes = "und gelb".getBytes(StandardCharsets.UTF_8);
            out.send(bytes);
            Arrays.fill(bytes, (byte) 'x');
        }

        @GetMapping(path = "/csv", produces = "text/csv")
        void csv(ResponseStream out) throws IOException {
            out.headers().set("X-Own", "yes");
            try (Writer writer = new OutputStreamWriter(out.outputStream(), StandardCharsets.UTF_8)) {
                writer.write("a;b\n");
                writer.write("1;2\n");
            }
        }

        @GetMapping("/nothing")
        void nothing(ResponseStream out) {}

        @GetMapping("/stepwise")
        void stepwise(ResponseStream out) {
            assertThat(out.hasBegun()).isFalse();
            out.open();
            assertThat(out.hasBegun()).isTrue();
            await(next);
            out.send("one");
        }

        @GetMapping("/bytes/{size}")
        void bytes(ResponseStream out, @PathVariable long size) {
            sent.set(0);
            byte[] piece = new byte[64 * 1024];
            try {
                while (sent.get() < size) {
                    out.send(piece);
                    sent.addAndGet(piece.length);
                }
            } finally {
                ended.release();
            }
        }

        @GetMapping("/early")
        void early(ResponseStream out) {
            throw new ResponseStatusException(HttpStatus.CONFLICT);
        }

        @GetMapping("/late")
        void late(ResponseStream out) {
            out.send("begun");
            throw new UnsupportedOperationException("on purpose");
        }
    }
}
