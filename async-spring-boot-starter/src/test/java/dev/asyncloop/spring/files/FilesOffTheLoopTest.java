package dev.asyncloop.spring.files;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Law 3 for files: whoever serves them, nothing on the loop waits for the disk. */
class FilesOffTheLoopTest {

    private static final int SIZE = 3 * 1024 * 1024 + 7;

    private static final byte[] CONTENT = new byte[SIZE];

    @TempDir
    static Path directory;

    private static final Map<String, TestApplication> APPLICATIONS = new TreeMap<>();

    @BeforeAll
    static void start() throws IOException {
        new Random(7).nextBytes(CONTENT);
        Files.write(directory.resolve("big.bin"), CONTENT);
        Files.writeString(directory.resolve("robots.txt"), "User-agent: *\nDisallow: /\n");
        for (String carrier : List.of("event-loop", "jdk")) {
            APPLICATIONS.put(
                    carrier,
                    TestApplication.start(Application.class, "ioloop.carrier=" + carrier, "ioloop.name=" + carrier));
        }
    }

    @AfterAll
    static void stop() {
        APPLICATIONS.values().forEach(TestApplication::close);
    }

    private static WatchedFile.Disk disk(TestApplication application) {
        return application.bean(WatchedFile.Disk.class);
    }

    @BeforeEach
    void forget() {
        APPLICATIONS.values().forEach(application -> disk(application).clear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void noKindOfAnswerTouchesTheDiskOnTheLoop(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        String name = application.bean(IOLoop.class).name();
        Map<String, List<String>> seen = new TreeMap<>();
        for (String what : List.of(
                "GET /static/big.bin",
                "HEAD /static/big.bin",
                "GET /static/big.bin bytes=5-2000000",
                "GET /static/big.bin bytes=0-9,20-29",
                "GET /static/missing.txt",
                "GET /coroutine/big.bin",
                "GET /coroutine/big.bin bytes=-10",
                "GET /reactive/big.bin",
                "GET /functional/big.bin")) {
            disk(application).clear();
            String[] words = what.split(" ");
            ResponseEntity<byte[]> answer =
                    exchange(application, HttpMethod.valueOf(words[0]), words[1], words.length > 2 ? words[2] : null);
            assertThat(answer.getStatusCode().value()).as(what).isIn(200, 206, 404);
            assertThat(disk(application).accesses).as(what).isNotEmpty();
            List<String> elsewhere = disk(application).accesses.stream()
                    .filter(access -> !access.thread().startsWith(name + "-executor-"))
                    .map(access -> access.what() + " on " + access.thread())
                    .distinct()
                    .toList();
            seen.put(what, elsewhere);
        }
        // several ranges at once are read by Spring's own means, on threads of Reactor's and of the JDK's
        List<String> several = seen.remove("GET /static/big.bin bytes=0-9,20-29");
        assertThat(several).isNotEmpty().allSatisfy(access -> assertThat(access).doesNotContain(" on " + name));
        assertThat(seen).allSatisfy((what, elsewhere) -> assertThat(elsewhere).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aDiskThatHangsHoldsOnlyWhoWantsAFile(String carrier) throws Exception {
        TestApplication application = APPLICATIONS.get(carrier);
        for (String path : List.of("/static/robots.txt", "/coroutine/robots.txt", "/reactive/robots.txt")) {
            CountDownLatch free = disk(application).hang();
            CompletableFuture<ResponseEntity<String>> file = application
                    .client()
                    .get()
                    .uri(path)
                    .exchangeToMono(response -> response.toEntity(String.class))
                    .toFuture();
            try {
                assertThat(disk(application).asked.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(application.get("/hello").getBody()).isEqualTo("hello");
                assertThat(application.bean(IOLoop.class).<Boolean>runSync(() -> file.isDone()))
                        .as(path)
                        .isFalse();
            } finally {
                free.countDown();
            }
            assertThat(file.get(20, TimeUnit.SECONDS).getBody()).isEqualTo("User-agent: *\nDisallow: /\n");
        }
    }

    @Test
    void anExecutorThatTakesNoMoreIs503() throws Exception {
        try (TestApplication application = TestApplication.start(
                Application.class, "ioloop.name=small", "ioloop.executor.threads=1", "ioloop.executor.queue=1")) {
            CountDownLatch free = disk(application).hang();
            List<CompletableFuture<ResponseEntity<String>>> answers = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) { // one is read, one waits in line, one is too many
                    answers.add(application
                            .client()
                            .get()
                            .uri("/static/robots.txt")
                            .exchangeToMono(response -> response.toEntity(String.class))
                            .toFuture());
                }
                CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new))
                        .get(20, TimeUnit.SECONDS);
                assertThat(answers.stream().filter(CompletableFuture::isDone))
                        .singleElement()
                        .extracting(answer -> answer.join().getStatusCode())
                        .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            } finally {
                free.countDown();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theWholeFileArrives(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        for (String path : List.of("/static/big.bin", "/coroutine/big.bin", "/functional/big.bin")) {
            ResponseEntity<byte[]> answer = exchange(application, HttpMethod.GET, path, null);
            assertThat(answer.getStatusCode()).as(path).isEqualTo(HttpStatus.OK);
            assertThat(answer.getHeaders().getContentLength()).isEqualTo(SIZE);
            assertThat(answer.getHeaders().getFirst(HttpHeaders.ACCEPT_RANGES)).isEqualTo("bytes");
            assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_OCTET_STREAM);
            assertThat(Arrays.equals(answer.getBody(), CONTENT)).as(path).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void ofAFileOnlyTheRangeIsRead(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        ResponseEntity<byte[]> answer = exchange(application, HttpMethod.GET, "/coroutine/big.bin", "bytes=-10");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.PARTIAL_CONTENT);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.CONTENT_RANGE))
                .isEqualTo("bytes " + (SIZE - 10) + "-" + (SIZE - 1) + "/" + SIZE);
        assertThat(answer.getHeaders().getContentLength()).isEqualTo(10);
        assertThat(answer.getBody()).isEqualTo(Arrays.copyOfRange(CONTENT, SIZE - 10, SIZE));
        assertThat(disk(application).bytesRead).hasValue(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aHeadReadsNothing(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        ResponseEntity<byte[]> answer = exchange(application, HttpMethod.HEAD, "/static/big.bin", null);
        assertThat(answer.getHeaders().getContentLength()).isEqualTo(SIZE);
        assertThat(disk(application).bytesRead).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void whoDoesNotReadStopsTheReading(String carrier) throws Exception {
        TestApplication application = APPLICATIONS.get(carrier);
        List<byte[]> first = new ArrayList<>();
        try (var connection = new Socket("127.0.0.1", application.port())) {
            connection.setReceiveBufferSize(4096);
            connection.getOutputStream().write("GET /coroutine/endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            first.add(connection.getInputStream().readNBytes(1000));
            Endless endless = application.bean(Endless.class);
            long before;
            do { // until it stands still: what is on its way is bounded
                before = endless.sent.get();
                application.bean(IOLoop.class).runSync(() -> {
                    sleep(Duration.ofMillis(200));
                    return 0;
                });
            } while (endless.sent.get() != before);
            assertThat(before).isLessThan(32 * 1024 * 1024);
        }
        assertThat(application.bean(Endless.class).closed.await(20, TimeUnit.SECONDS))
                .as("closed when its reader has gone")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aStreamOfUnknownLengthIsSentInChunks(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        ResponseEntity<String> answer = application.get("/stream");
        assertThat(answer.getBody()).isEqualTo("of unknown length");
        assertThat(answer.getHeaders().getFirst(HttpHeaders.TRANSFER_ENCODING)).isEqualTo("chunked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aClientSendsAFileSo(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        String name = application.bean(IOLoop.class).name();
        ResponseEntity<String> answer = application.exchange(application
                .bean(WebClient.Builder.class)
                .build()
                .post()
                .uri("http://127.0.0.1:" + application.port() + "/length")
                .bodyValue(new WatchedFile(directory.resolve("big.bin"), disk(application))));
        assertThat(answer.getBody()).isEqualTo(String.valueOf(SIZE));
        assertThat(disk(application).accesses)
                .isNotEmpty()
                .allSatisfy(access -> assertThat(access.thread()).startsWith(name + "-executor-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void theApplicationsOwnStaticFilesGoTheSameWay(String carrier) {
        TestApplication application = APPLICATIONS.get(carrier);
        assertThat(application.get("/hello.txt").getBody()).isEqualTo("a static file\n");
    }

    private static ResponseEntity<byte[]> exchange(
            TestApplication application, HttpMethod method, String path, @Nullable String range) {
        var request = application
                .client()
                .mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(2 * SIZE))
                .build()
                .method(method)
                .uri(path);
        if (range != null) {
            request.header(HttpHeaders.RANGE, range);
        }
        return request.exchangeToMono(response -> response.toEntity(byte[].class))
                .block(Duration.ofSeconds(30));
    }

    /** A resource without an end. */
    static final class Endless {

        final AtomicLong sent = new AtomicLong();

        final CountDownLatch closed = new CountDownLatch(1);

        Resource resource() {
            return new InputStreamResource(new InputStream() {
                @Override
                public int read() {
                    sent.incrementAndGet();
                    return 'x';
                }

                @Override
                public int read(byte[] bytes, int offset, int length) {
                    sent.addAndGet(length);
                    return length;
                }

                @Override
                public void close() {
                    closed.countDown();
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        WatchedFile.Disk disk() {
            return new WatchedFile.Disk();
        }

        @Bean
        Endless endless() {
            return new Endless();
        }

        @Bean
        SimpleUrlHandlerMapping slowFiles(WatchedFile.Disk disk) throws Exception {
            ResourceWebHandler handler = new ResourceWebHandler();
            handler.setLocations(List.of(new WatchedFile(directory, disk)));
            handler.afterPropertiesSet();
            return new SimpleUrlHandlerMapping(Map.of("/static/**", handler), 1);
        }

        @Bean
        RouterFunction<ServerResponse> functional(WatchedFile.Disk disk) {
            return RouterFunctions.route()
                    .GET(
                            "/functional/{name}",
                            request -> ServerResponse.ok()
                                    .contentType(MediaType.APPLICATION_OCTET_STREAM)
                                    .bodyValue(new WatchedFile(directory.resolve(request.pathVariable("name")), disk)))
                    .build();
        }
    }

    @RestController
    static class Handlers {

        private final WatchedFile.Disk disk;

        private final Endless endless;

        Handlers(WatchedFile.Disk disk, Endless endless) {
            this.disk = disk;
            this.endless = endless;
        }

        @Coroutine
        @GetMapping("/hello")
        String hello() {
            return "hello";
        }

        @Coroutine
        @GetMapping("/coroutine/{name}")
        ResponseEntity<Resource> coroutine(@PathVariable String name) {
            return name.equals("endless")
                    ? ResponseEntity.ok(endless.resource())
                    : ResponseEntity.ok(new WatchedFile(directory.resolve(name), disk));
        }

        @GetMapping("/reactive/{name}")
        Mono<Resource> reactive(@PathVariable String name) {
            return Mono.just(new WatchedFile(directory.resolve(name), disk));
        }

        @Coroutine
        @GetMapping("/stream")
        Resource stream() {
            return new InputStreamResource(new ByteArrayInputStream("of unknown length".getBytes()));
        }

        @PostMapping("/length")
        Mono<String> length(@RequestBody Flux<DataBuffer> body) {
            return body.map(buffer -> {
                        int count = buffer.readableByteCount();
                        DataBufferUtils.release(buffer);
                        return count;
                    })
                    .reduce(0, Integer::sum)
                    .map(String::valueOf);
        }
    }
}
