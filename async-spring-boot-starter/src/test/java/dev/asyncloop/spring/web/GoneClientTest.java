package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.spawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** A client that goes away cancels its request: the coroutine and its children, at once, once, and nobody logs an error. */
@ExtendWith(OutputCaptureExtension.class)
class GoneClientTest {

    private static final String CHILD = "child CancellationException";

    private static final String HANDLER = "handler CancellationException";

    private static final String REQUEST = "request cancel";

    private static final Map<Carrier, TestApplication> APPLICATIONS = new HashMap<>();

    private TestApplication application = on(Carrier.JDK);

    private Events events = application.bean(Events.class);

    private int logged;

    private static TestApplication on(Carrier carrier) {
        return APPLICATIONS.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        Application.class,
                        "server.http2.enabled=true",
                        "ioloop.watchdog.slow-callback=10s", // about clients only
                        "spring.lifecycle.timeout-per-shutdown-phase=100ms",
                        "ioloop.carrier="
                                + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @AfterAll
    static void close() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    @BeforeEach
    void remember(CapturedOutput output) {
        logged = output.length();
    }

    private void use(Carrier carrier) {
        application = on(carrier);
        events = application.bean(Events.class);
        fresh();
    }

    private void fresh() {
        events.arrived.drainPermits();
        events.all.clear();
    }

    private Socket send(String request) throws IOException {
        Socket socket = new Socket("127.0.0.1", application.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void awaitArrival() throws InterruptedException {
        assertThat(events.arrived.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits for what is expected, then for whatever else the loop may have to do. */
    private void assertEvents(CapturedOutput output, String... expected) {
        assertEvents(output, event -> event, expected);
    }

    private void assertEvents(CapturedOutput output, UnaryOperator<String> as, String... expected) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events.all.stream().map(as)).containsExactlyInAnyOrder(expected));
        application.bean(IOLoop.class).runSync(() -> null);
        assertThat(events.all.stream().map(as)).containsExactlyInAnyOrder(expected);
        assertThat(output.toString().substring(logged)).doesNotContain("ERROR").doesNotContain("WARN");
    }

    @ParameterizedTest
    @EnumSource
    void whileTheHandlerWaits(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        for (boolean reset : new boolean[] {false, true}) {
            fresh();
            try (Socket socket = send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")) {
                awaitArrival();
                socket.setSoLinger(reset, 0);
            }
            assertEvents(output, CHILD, HANDLER, REQUEST);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withRequestsThatWaitBehindIt(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        for (int behind : new int[] {1, 40, 1_500}) {
            fresh();
            try (Socket socket = send(
                    "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n".repeat(behind))) {
                awaitArrival();
            }
            assertEvents(output, CHILD, HANDLER, REQUEST);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withABodyThatNobodyReads(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        for (int sent : new int[] {10, 50_000}) {
            fresh();
            try (Socket socket =
                    send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(sent))) {
                awaitArrival();
            }
            assertEvents(output, CHILD, HANDLER, REQUEST);
        }
    }

    @ParameterizedTest
    @EnumSource
    void inTheMiddleOfAnAnswer(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        for (String path : List.of("/endless", "/fast")) {
            fresh();
            try (Socket socket = send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
                awaitArrival();
                assertThat(socket.getInputStream().readNBytes(12))
                        .isEqualTo("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
            }
            assertEvents(output, CHILD, HANDLER, REQUEST);
        }
    }

    @ParameterizedTest
    @EnumSource
    void behindHttp2(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        Disposable waiting = http2().get().uri("/wait").response().subscribe();
        awaitArrival();
        waiting.dispose();
        assertEvents(output, CHILD, HANDLER, REQUEST);
        fresh();
        Disposable endless = http2().get().uri("/endless").response().subscribe();
        awaitArrival();
        endless.dispose();
        assertEvents(output, this::withAFailedWrite, CHILD, HANDLER, REQUEST);
        for (String path : List.of("/wait", "/read")) {
            fresh();
            Disposable call =
                    http2().post().uri(path).send(unfinished()).response().subscribe();
            awaitArrival();
            call.dispose();
            assertEvents(output, CHILD, HANDLER, REQUEST);
        }
        fresh();
        Disposable call =
                http2().post().uri("/body").send(unfinished()).response().subscribe();
        awaitArrival();
        call.dispose();
        assertEvents(output, REQUEST);
    }

    /** The write to a stream that was reset fails at once, and its failure may reach the handler before the cancellation. */
    private String withAFailedWrite(String event) {
        return event.equals("handler AbortedException") ? HANDLER : event;
    }

    private HttpClient http2() {
        return HttpClient.newConnection()
                .protocol(HttpProtocol.H2C)
                .headers(headers -> headers.set("Content-Type", "text/plain"))
                .baseUrl("http://127.0.0.1:" + application.port());
    }

    private static Flux<ByteBuf> unfinished() {
        return Flux.just(Unpooled.copiedBuffer("begun", StandardCharsets.UTF_8)).concatWith(Flux.never());
    }

    @ParameterizedTest
    @EnumSource
    void whileTheBodyArrives(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        for (String head :
                List.of("Content-Length: 100\r\n\r\nbegun", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n")) {
            for (boolean reset : new boolean[] {false, true}) {
                fresh();
                try (Socket socket = send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + head)) {
                    awaitArrival();
                    socket.setSoLinger(reset, 0);
                }
                assertEvents(output, REQUEST);
                fresh();
                try (Socket socket = send("POST /read HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + head)) {
                    awaitArrival();
                    socket.setSoLinger(reset, 0);
                }
                assertEvents(output, CHILD, HANDLER, REQUEST);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsBrokenIsTheClientsError(Carrier carrier, CapturedOutput output) throws Exception {
        use(carrier);
        try (Socket socket = send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n")) {
            awaitArrival();
            socket.getOutputStream().write("no number\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400 Bad Request")
                    .contains("\"status\":400");
        }
        assertEvents(output, "request onError");
        fresh();
        try (Socket socket = send("POST /ignored HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
                + "Transfer-Encoding: chunked\r\n\r\nno number\r\n")) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("ignored");
        }
        assertEvents(output, "request onComplete");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Events.class, Handlers.class, Others.class})
    static class Application {

        @Bean
        WebFilter observer(Events events) {
            return (exchange, chain) -> {
                Mono<Void> rest = chain.filter(exchange).doFinally(signal -> events.all.add("request " + signal));
                if (exchange.getRequest().getPath().value().equals("/body")) {
                    events.arrived.release();
                }
                return rest;
            };
        }
    }

    static class Events {

        final Semaphore arrived = new Semaphore(0);

        final List<String> all = new CopyOnWriteArrayList<>();

        void observe(String who, Runnable body) {
            try {
                body.run();
                all.add(who + " returned");
            } catch (Throwable ex) {
                all.add(who + " " + ex.getClass().getSimpleName());
                throw ex;
            }
        }

        void observe(Runnable body) {
            observe("handler", () -> {
                spawn(() -> observe("child", () -> {
                    arrived.release();
                    await(new CompletableFuture<String>());
                }));
                body.run();
            });
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final Events events;

        Handlers(Events events) {
            this.events = events;
        }

        @GetMapping("/wait")
        void waitForNobody() {
            events.observe(() -> await(new CompletableFuture<String>()));
        }

        @PostMapping("/wait")
        void waitForNobodyWithABody() {
            waitForNobody();
        }

        @GetMapping("/next")
        void next() {
            events.all.add("next");
        }

        @PostMapping("/read")
        void read(ServerHttpRequest request) {
            events.observe(() -> {
                try {
                    await(DataBufferUtils.join(request.getBody()));
                } catch (RuntimeException ex) {
                    sleep(Duration.ofHours(1)); // whatever it was: a request without a client ends here
                }
            });
        }

        @GetMapping("/endless")
        void endless(ServerHttpResponse response) {
            write(response, Flux.just(buffer(1)).concatWith(Flux.never()));
        }

        @GetMapping("/fast")
        void fast(ServerHttpResponse response) {
            write(response, Flux.generate(sink -> sink.next(buffer(100_000))));
        }

        private void write(ServerHttpResponse response, Flux<DataBuffer> buffers) {
            events.observe(() -> {
                await(response.writeAndFlushWith(buffers.map(Flux::just)));
                sleep(Duration.ofHours(1)); // to Reactor Netty a write that nobody will read has ended
            });
        }

        private static DataBuffer buffer(int size) {
            return DefaultDataBufferFactory.sharedInstance.wrap(new byte[size]);
        }

        @ExceptionHandler
        String any(Throwable failure) {
            events.all.add("handled " + failure);
            return "handled";
        }
    }

    @RestController
    @Coroutine
    static class Others {

        private final Events events;

        Others(Events events) {
            this.events = events;
        }

        @PostMapping("/body")
        String body(@RequestBody String body) {
            events.all.add("body " + body);
            return body;
        }

        @PostMapping("/ignored")
        String ignored() {
            return "ignored";
        }
    }
}
