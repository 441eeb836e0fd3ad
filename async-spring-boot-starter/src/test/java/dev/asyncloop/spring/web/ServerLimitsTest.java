package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.connection.ConnectionLimits;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** Clients that send too much, too slowly, or nothing at all. */
@ExtendWith(OutputCaptureExtension.class)
class ServerLimitsTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "server.http2.enabled=true",
                        "server.max-http-request-header-size=2KB",
                        "server.netty.max-initial-line-length=1KB",
                        "spring.http.codecs.max-in-memory-size=1KB",
                        "spring.webflux.multipart.max-in-memory-size=1KB",
                        "spring.webflux.multipart.max-disk-usage-per-part=4KB",
                        "spring.webflux.multipart.max-parts=3",
                        "spring.webflux.multipart.max-headers-size=512B",
                        "ioloop.web.body-timeout=300ms",
                        "ioloop.watchdog.slow-callback=10s",
                        "ioloop.carrier="
                                + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    private static Socket send(Carrier carrier, String bytes) throws IOException {
        Socket socket = new Socket("127.0.0.1", on(carrier).port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Until the server closes the connection. */
    private static String everything(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    @ParameterizedTest
    @EnumSource
    void headsThatAreTooLarge(Carrier carrier) throws Exception {
        String large = "x".repeat(4_000);
        try (Socket socket = send(carrier, "GET /ok HTTP/1.1\r\nHost: x\r\nX-Large: " + large + "\r\n\r\n")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 431 ");
        }
        try (Socket socket = send(carrier, "GET /ok?" + large + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 414 ");
        }
        try (Socket socket = send(carrier, "no request\r\n\r\n")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void bodiesThatAreTooLarge(Carrier carrier) {
        assertThat(post(carrier, "/body", MediaType.TEXT_PLAIN, "x".repeat(4_000)))
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        assertThat(post(carrier, "/form", MediaType.APPLICATION_FORM_URLENCODED, "a=" + "x".repeat(4_000)))
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        assertThat(post(carrier, "/json", MediaType.APPLICATION_JSON, "[" + "1,".repeat(4_000) + "1]"))
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
    }

    private static HttpStatusCode post(Carrier carrier, String path, MediaType type, String body) {
        return on(carrier)
                .exchange(
                        on(carrier).client().post().uri(path).contentType(type).bodyValue(body))
                .getStatusCode();
    }

    @ParameterizedTest
    @EnumSource
    void multipartsThatAreTooLarge(Carrier carrier) {
        MultipartBodyBuilder large = new MultipartBodyBuilder();
        large.part("file", new byte[10_000]).filename("a.bin");
        assertThat(upload(carrier, large)).isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        MultipartBodyBuilder field = new MultipartBodyBuilder();
        field.part("file", "x".repeat(3_000));
        assertThat(upload(carrier, field)).isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        MultipartBodyBuilder many = new MultipartBodyBuilder();
        for (int i = 0; i < 10; i++) {
            many.part("file", "x").filename("a.txt");
        }
        assertThat(upload(carrier, many)).isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        MultipartBodyBuilder headers = new MultipartBodyBuilder();
        headers.part("file", "x").filename("a.txt").header("X-Large", "x".repeat(2_000));
        assertThat(upload(carrier, headers)).isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        MultipartBodyBuilder right = new MultipartBodyBuilder();
        right.part("file", "x").filename("a.txt");
        assertThat(upload(carrier, right)).isEqualTo(HttpStatus.OK);
    }

    /** By a connection of its own: one with a rest of a body that nobody reads ends after the time-out of bodies. */
    private static HttpStatusCode upload(Carrier carrier, MultipartBodyBuilder parts) {
        WebClient client = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.newConnection()))
                .baseUrl("http://127.0.0.1:" + on(carrier).port())
                .build();
        return on(carrier)
                .exchange(client.post().uri("/upload").body(BodyInserters.fromMultipartData(parts.build())))
                .getStatusCode();
    }

    @ParameterizedTest
    @EnumSource
    void whoGoesOnSendingAfterTheAnswerIsReadForAMomentOnly(Carrier carrier) throws Exception {
        byte[] block = new byte[64 * 1024];
        long more = 100L * 1024 * 1024 * 1024;
        try (Socket socket = send(
                carrier,
                "POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: " + more + "\r\n\r\n")) {
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> {
                long count = 0;
                try {
                    while (count < more) {
                        socket.getOutputStream().write(block);
                        count += block.length;
                    }
                } catch (IOException ex) {
                    // cut off
                }
                return count;
            });
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 413");
            assertThat(sent.get(20, TimeUnit.SECONDS)).isLessThan(more);
        }
        assertThat(on(carrier).get("/ok").getBody()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource
    void theNextRequestOfAConnectionComesAfterTheRestOfABodyThatWasTooLarge(Carrier carrier) throws Exception {
        String part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                + "x".repeat(10_000) + "\r\n--b--\r\n";
        try (Socket socket = send(
                carrier,
                "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
                        + part.length() + "\r\n\r\n" + part)) {
            String head = head(socket.getInputStream());
            assertThat(head).startsWith("HTTP/1.1 413").doesNotContainIgnoringCase("connection: close");
            Matcher length = Pattern.compile("Content-Length: (\\d+)").matcher(head);
            assertThat(length.find()).isTrue();
            socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
            socket.getOutputStream().write("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadThatDoesNotEndGets408(Carrier carrier, CapturedOutput output) throws Exception {
        int logged = output.length();
        try (Socket socket = send(carrier, "GET /ok HTTP/1.1\r\nHost: x\r\nX-Slow: ")) {
            assertThat(everything(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout")
                    .contains("\"status\":408");
        }
        try (Socket socket =
                send(carrier, "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")) { // the second request of a connection
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
            assertThat(socket.getInputStream().readNBytes(2)).isEqualTo("ok".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write("GET /ok HTT".getBytes(StandardCharsets.US_ASCII));
            assertThat(everything(socket)).startsWith("HTTP/1.1 408 Request Timeout");
        }
        assertThat(output.toString().substring(logged)).doesNotContain("ERROR").doesNotContain("WARN");
    }

    @ParameterizedTest
    @EnumSource
    void aSilentConnectionIsClosed(Carrier carrier) throws Exception {
        try (Socket socket = send(carrier, "")) {
            assertThat(everything(socket)).isEmpty();
        }
        try (Socket socket = send(carrier, "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 200").endsWith("ok");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatIsHandledIsNoSilence(Carrier carrier) throws Exception {
        try (Socket socket = send(carrier, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 200").endsWith("slept");
        }
        CompletableFuture<Void> closed = new CompletableFuture<>();
        HttpClient client = http2(carrier)
                .doOnConnected(
                        connection -> connection.channel().closeFuture().addListener(future -> closed.complete(null)));
        assertThat(client.get()
                        .uri("/slow")
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(Duration.ofSeconds(20)))
                .isEqualTo("slept");
        closed.get(20, TimeUnit.SECONDS); // once nobody wants anything
    }

    private static HttpClient http2(Carrier carrier) {
        return HttpClient.create()
                .protocol(HttpProtocol.H2C)
                .baseUrl("http://127.0.0.1:" + on(carrier).port());
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatDoesNotGoOnGets408(Carrier carrier, CapturedOutput output) throws Exception {
        int logged = output.length();
        String head = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n";
        try (Socket socket = send(carrier, head + "ab")) {
            assertThat(everything(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout")
                    .containsIgnoringCase("connection: close");
        }
        assertThat(http2(carrier)
                        .headers(headers -> headers.set("Content-Type", "text/plain"))
                        .post()
                        .uri("/body")
                        .send(Flux.just(Unpooled.copiedBuffer("ab", StandardCharsets.US_ASCII))
                                .concatWith(Flux.never()))
                        .responseSingle((response, content) ->
                                Mono.just(response.status().code()))
                        .block(Duration.ofSeconds(20)))
                .isEqualTo(408);
        assertThat(output.toString().substring(logged)).doesNotContain("ERROR").doesNotContain("WARN");
    }

    @ParameterizedTest
    @EnumSource
    void aServerBesideTheLoopLimitsBodiesByItselfWhileTheLoopIsHeld(Carrier carrier) throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.web.enabled=false",
                "ioloop.web.body-timeout=300ms",
                "ioloop.watchdog.slow-callback=10s",
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            CompletableFuture<String> held = new CompletableFuture<>();
            CompletableFuture<String> free = new CompletableFuture<>();
            application.bean(IOLoop.class).spawn(() -> {
                held.complete("");
                return free.join(); // and keeps the turn
            });
            held.get(20, TimeUnit.SECONDS);
            try (Socket socket = new Socket("127.0.0.1", application.port())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("POST /reactive HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                                        + "Content-Length: 4\r\n\r\nab")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(everything(socket)).startsWith("HTTP/1.1 408 Request Timeout");
            } finally {
                free.complete("");
            }
            Reactive reactive = application.bean(Reactive.class);
            assertThat(reactive.failedOn).isNotNull().isSameAs(reactive.subscribedOn);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatGoesOnSlowlyIsRead(Carrier carrier) throws Exception {
        try (Socket socket = send(
                carrier, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n")) {
            for (int i = 0; i < 4; i++) {
                LockSupport.parkNanos(LIMIT.toNanos() / 3);
                socket.getOutputStream().write('a');
            }
            assertThat(everything(socket)).startsWith("HTTP/1.1 200").endsWith("aaaa");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRestOfABodyThatNobodyWantsIsNotWaitedForLong(Carrier carrier) throws Exception {
        try (Socket socket = send(carrier, "POST /ignored HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nbegun")) {
            assertThat(everything(socket)).startsWith("HTTP/1.1 200").endsWith("ignored");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, Reactive.class})
    static class Application {

        @Bean
        ConnectionLimits shortLimits() {
            return new ConnectionLimits(LIMIT, LIMIT, LIMIT);
        }
    }

    record Form(String a) {}

    @RestController
    static class Reactive {

        volatile @Nullable Thread subscribedOn;

        volatile @Nullable Thread failedOn;

        @PostMapping("/reactive")
        Mono<String> reactive(@RequestBody Mono<String> body) {
            return body.doOnSubscribe(subscription -> subscribedOn = Thread.currentThread())
                    .doOnError(failure -> failedOn = Thread.currentThread());
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        @GetMapping("/ok")
        String ok() {
            return "ok";
        }

        @GetMapping("/slow")
        String slow() {
            sleep(LIMIT.multipliedBy(3));
            return "slept";
        }

        @PostMapping("/body")
        String body(@RequestBody String body) {
            return body;
        }

        @PostMapping("/json")
        int json(@RequestBody int[] body) {
            return body.length;
        }

        @PostMapping("/form")
        String form(@ModelAttribute Form form) {
            return form.a();
        }

        @PostMapping("/upload")
        String upload(@RequestPart("file") FilePart file) {
            return file.filename();
        }

        @PostMapping("/ignored")
        String ignored() {
            return "ignored";
        }
    }
}
