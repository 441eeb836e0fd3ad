package dev.asyncloop.spring.web.stream;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Requests that a handler reads piece by piece. */
@ExtendWith({OutputCaptureExtension.class, StreamApplications.class})
class RequestStreamTest {

    private static final long GIB = 1024L * 1024 * 1024;

    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @CsvSource({"event-loop, 1024", "jdk, 256"})
    void aGibibyteIsReadInConstantMemory(String carrier, int mebibytes) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        long size = mebibytes * 1024L * 1024;
        long most = 0;
        byte[] piece = new byte[256 * 1024];
        handlers.received.set(0);
        try (Socket socket = begin(application, "/count", size)) {
            OutputStream out = socket.getOutputStream();
            for (long written = 0; written < size; written += piece.length) {
                out.write(piece);
                most = Math.max(most, written - handlers.received.get());
            }
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n" + size);
        }
        assertThat(most).isLessThan(32 * 1024 * 1024); // what the sockets take, too
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theClientIsHeldBackByTheReader(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        AtomicLong written = new AtomicLong();
        try (Socket socket = begin(application, "/slowly", GIB)) {
            Thread writer = Thread.ofVirtual().start(() -> {
                byte[] piece = new byte[64 * 1024];
                try {
                    while (true) {
                        socket.getOutputStream().write(piece);
                        written.addAndGet(piece.length);
                    }
                } catch (IOException ex) {
                    // closed below
                }
            });
            long[] before = {0};
            Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> {
                long now = written.get();
                boolean stands = now > 0 && now == before[0];
                before[0] = now;
                return stands;
            });
            assertThat(written.get()).isLessThan(16 * 1024 * 1024);
            handlers.begin.release();
            Awaitility.await().atMost(LONG).until(() -> written.get() > 3 * before[0]);
            socket.close();
            writer.join();
        }
        assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aBodyIsReadAsLinesAsTextOrAsAStream(String carrier) {
        TestApplication application = StreamApplications.on(carrier);
        assertThat(post(application, "/lines", "eins\r\nzwei\n\nfünf").getBody())
                .isEqualTo("[eins, zwei, , fünf]");
        assertThat(post(application, "/lines", "").getBody()).isEqualTo("[]");
        assertThat(post(application, "/text", "grün").getBody()).isEqualTo("grün");
        assertThat(post(application, "/stream", "x".repeat(200_000)).getBody()).isEqualTo("200000");
        assertThat(post(application, "/inexecutor", "y".repeat(300_000)).getBody())
                .isEqualTo("300000 not in the loop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void whatIsTooLargeGets413(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        assertThat(post(application, "/limited", "x".repeat(1000)).getBody()).isEqualTo("1000");
        assertThat(post(application, "/limited", "x".repeat(1001)).getStatusCode())
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        assertThat(post(application, "/longlines", "x".repeat(101)).getStatusCode())
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        try (Socket socket = open(application)) {
            socket.getOutputStream()
                    .write(("POST /limited HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + "7d0\r\n"
                                    + "x".repeat(2000) + "\r\n0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 413");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aBodyThatNobodyReadsIsDroppedAndTheConnectionGoesOn(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        for (String path : List.of("/unread", "/halfread")) {
            try (Socket socket = open(application)) {
                OutputStream out = socket.getOutputStream();
                int length = 3_000_000;
                out.write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[length]);
                out.write(("POST /text HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nnext")
                        .getBytes(StandardCharsets.US_ASCII));
                String answers = readAnswer(socket);
                assertThat(answers).as(path).containsSubsequence("HTTP/1.1 200", "not read", "HTTP/1.1 200", "next");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatWaitsForContinueGetsItWhenTheBodyIsReadAndNotBefore(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        String head = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
        try (Socket socket = open(application)) {
            socket.getOutputStream().write(("POST /text" + head).getBytes(StandardCharsets.US_ASCII));
            assertThat(readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100");
            socket.getOutputStream().write("body".getBytes(StandardCharsets.US_ASCII));
            assertThat(readAnswer(socket)).contains("HTTP/1.1 200").endsWith("body");
        }
        try (Socket socket = open(application)) {
            socket.getOutputStream().write(("POST /unread" + head).getBytes(StandardCharsets.US_ASCII));
            assertThat(readUntil(socket, "not read")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientThatBreaksTheBodyOffCancelsTheHandler(String carrier, CapturedOutput output) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        Handlers handlers = application.bean(Handlers.class);
        for (String path : List.of("/broken", "/brokenparts")) {
            handlers.arrived.drainPermits();
            handlers.ended.drainPermits();
            int before = handlers.cancelled.get();
            try (Socket socket = open(application)) {
                socket.getOutputStream()
                        .write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
                                        + "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
                                        + "Content-Disposition: form-data; name=a; filename=b\r\n\r\nnot all of it")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(handlers.arrived.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(handlers.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(handlers.cancelled.get() - before).as(path).isEqualTo(1);
        }
        post(application, "/text", "x");
        assertThat(output).doesNotContain("ERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aBodyIsReadOnce(String carrier) {
        assertThat(post(StreamApplications.on(carrier), "/twice", "x").getBody())
                .contains("is being read already; it is read once, in one way");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theBodyIsReadWhileTheAnswerIsSent(String carrier) throws Exception {
        TestApplication application = StreamApplications.on(carrier);
        try (Socket socket = begin(application, "/echo", 8)) {
            socket.getOutputStream().write("one\n".getBytes(StandardCharsets.US_ASCII));
            readUntil(socket, "<one>");
            socket.getOutputStream().write("two\n".getBytes(StandardCharsets.US_ASCII));
            readUntil(socket, "<two>");
        }
        String echoed = HttpClient.create()
                .protocol(HttpProtocol.H2C)
                .post()
                .uri("http://127.0.0.1:" + application.port() + "/echo")
                .send(reactor.netty.ByteBufFlux.fromString(reactor.core.publisher.Flux.just("a\n", "b\n")))
                .responseContent()
                .aggregate()
                .asString()
                .block(LONG);
        assertThat(echoed).isEqualTo("<a><b>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void partsAreReadOneByOne(String carrier, CapturedOutput output) {
        TestApplication application = StreamApplications.on(carrier);
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("title", "Größe").contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8));
        form.part("skipped", new byte[500_000]).filename("skipped.bin");
        form.part("data", new byte[3_000_000]).filename("a.bin");
        form.part("list", "one\ntwo").filename("list.txt");
        String answer = application
                .client()
                .post()
                .uri("/parts")
                .bodyValue(form.build())
                .retrieve()
                .bodyToMono(String.class)
                .block(LONG);
        assertThat(answer)
                .isEqualTo("[title=Größe, skipped:skipped.bin, data:a.bin 3000000 bytes, list:list.txt [one, two],"
                        + " 'list' is read no more]");
        ResponseEntity<String> none = post(application, "/parts", "no parts");
        assertThat(none.getStatusCode()).isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
        ResponseEntity<String> broken = application.exchange(application
                .client()
                .post()
                .uri("/parts")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .bodyValue("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ended"));
        assertThat(broken.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(output).doesNotContain("ERROR");
    }

    private static ResponseEntity<String> post(TestApplication application, String path, String body) {
        return application.exchange(application
                .client()
                .post()
                .uri(path)
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .bodyValue(body));
    }

    // ---- a client that says what it sends

    private static Socket open(TestApplication application) throws IOException {
        Socket socket = new Socket("127.0.0.1", application.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static Socket begin(TestApplication application, String path, long length) throws IOException {
        Socket socket = open(application);
        socket.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String readAnswer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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

    @RestController
    @Coroutine
    static class Handlers {

        final AtomicLong received = new AtomicLong();

        final AtomicInteger cancelled = new AtomicInteger();

        final Semaphore arrived = new Semaphore(0);

        final Semaphore ended = new Semaphore(0);

        final Semaphore begin = new Semaphore(0);

        private final IOLoop loop;

        Handlers(IOLoop loop) {
            this.loop = loop;
        }

        @PostMapping("/count")
        long count(RequestStream in) {
            for (byte[] chunk : in.chunks()) {
                received.addAndGet(chunk.length);
            }
            return received.get();
        }

        @PostMapping("/slowly")
        void slowly(RequestStream in) {
            try {
                boolean first = true;
                for (byte[] chunk : in.chunks()) {
                    if (first) {
                        await(loop.runInExecutor(() -> {
                            begin.acquire();
                            return null;
                        }));
                        first = false;
                    }
                }
            } finally {
                ended.release();
            }
        }

        @PostMapping("/lines")
        String lines(RequestStream in) {
            List<String> lines = new ArrayList<>();
            in.lines().forEach(lines::add);
            return lines.toString();
        }

        @PostMapping("/longlines")
        String longLines(RequestStream in) {
            in.lines(100).forEach(line -> {});
            return "";
        }

        @PostMapping("/text")
        String text(RequestStream in) {
            return in.text();
        }

        @PostMapping("/twice")
        String twice(RequestStream in) {
            in.text();
            try {
                return in.text();
            } catch (IllegalStateException ex) {
                return String.valueOf(ex.getMessage());
            }
        }

        @PostMapping("/stream")
        int stream(RequestStream in) throws IOException {
            try (InputStream stream = in.inputStream()) {
                return stream.readAllBytes().length;
            }
        }

        @PostMapping("/inexecutor")
        String inExecutor(RequestStream in) {
            return await(loop.runInExecutor(() -> {
                try (InputStream stream = in.inputStream()) {
                    return stream.readAllBytes().length + (loop.inLoop() ? " in the loop" : " not in the loop");
                }
            }));
        }

        @PostMapping("/limited")
        int limited(RequestStream in) {
            int count = 0;
            for (byte[] chunk : in.limit(DataSize.ofBytes(1000)).chunks()) {
                count += chunk.length;
            }
            return count;
        }

        @PostMapping("/unread")
        String unread(RequestStream in) {
            return "not read";
        }

        @PostMapping("/halfread")
        String halfRead(RequestStream in) {
            return in.chunks().iterator().next().length > 0 ? "not read" : "";
        }

        @PostMapping("/broken")
        void broken(RequestStream in) {
            cancellable(() -> {
                for (byte[] chunk : in.chunks()) {
                    arrived.release();
                }
            });
        }

        @PostMapping("/brokenparts")
        void brokenParts(RequestStream in) {
            cancellable(() -> {
                arrived.release(); // Spring's parser keeps a piece back until the next one
                for (StreamedPart part : in.parts()) {
                    for (byte[] chunk : part.chunks()) {
                        received.addAndGet(chunk.length);
                    }
                }
            });
        }

        private void cancellable(Runnable body) {
            try {
                body.run();
            } catch (CancellationException ex) {
                cancelled.incrementAndGet();
                throw ex;
            } finally {
                ended.release();
            }
        }

        @PostMapping("/echo")
        void echo(RequestStream in, ResponseStream out) {
            for (String line : in.lines()) {
                out.send("<" + line + ">");
            }
        }

        @PostMapping("/parts")
        String parts(RequestStream in) {
            List<String> all = new ArrayList<>();
            StreamedPart before = null;
            for (StreamedPart part : in.parts()) {
                switch (part.name()) {
                    case "title" -> all.add(part.name() + "=" + part.text());
                    case "data" -> {
                        int count = 0;
                        for (byte[] chunk : part.chunks()) {
                            count += chunk.length;
                        }
                        all.add(part.name() + ":" + part.filename() + " " + count + " bytes");
                    }
                    case "list" -> {
                        List<String> lines = new ArrayList<>();
                        part.lines().forEach(lines::add);
                        all.add(part.name() + ":" + part.filename() + " " + lines);
                    }
                    default -> all.add(part.name() + ":" + part.filename());
                }
                before = part;
            }
            all.add(failureOf(before));
            return all.toString();
        }

        private static String failureOf(@Nullable StreamedPart part) {
            return part == null ? "" : "'" + part.name() + "' is read no more";
        }
    }
}
