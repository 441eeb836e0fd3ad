package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

class FetchTest {

    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer(routes -> routes.get(
                        "/latin",
                        (request, response) -> response.header("Content-Type", "text/plain; charset=ISO-8859-1")
                                .sendByteArray(Mono.just(new byte[] {(byte) 0xe9})))
                .get("/large", (request, response) -> response.sendString(Mono.just("abc".repeat(100_000))))
                .get(
                        "/agent",
                        (request, response) -> response.sendString(Mono.just(
                                String.join(",", request.requestHeaders().getAll("User-Agent"))))));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @OnBothCarriers
    void saysHello(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse response = http.run(() -> await(http.client.fetch(server.url("/hello"))));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("Hello world!");
            assertThat(response.bytes()).hasSize(12);
            assertThat(response.headers().names()).isNotEmpty();
            assertThat(response.effectiveUri()).hasToString(server.url("/hello"));
            assertThat(response.request()).hasToString("GET " + server.url("/hello"));
            assertThat(http.client.active()).isZero();
            assertThat(http.client).hasToString("AsyncHttpClient on 'test' (0 active, 0 queued)");
        }
    }

    @OnBothCarriers
    void aForeignThreadMayFetchToo(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            FetchResponse response = HttpFixture.outcome(http.client.fetch(server.url("/hello")));
            assertThat(response.text()).isEqualTo("Hello world!");
            assertThat(HttpFixture.outcome(http.client.fetch(response.request()))
                            .text())
                    .isEqualTo("Hello world!");
        }
    }

    @OnBothCarriers
    void fetchesOverlap(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            List<String> texts = http.run(() -> {
                List<Task<FetchResponse>> fetches = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    fetches.add(http.client.fetch(server.url("/gate")));
                }
                await(http.loop.runInExecutor(() -> {
                    server.awaitHanging(10); // all of them are there before the first is answered
                    server.openGate();
                    return null;
                }));
                return gather(fetches).stream().map(FetchResponse::text).toList();
            });
            assertThat(texts).hasSize(10).containsOnly("open");
        }
    }

    @OnBothCarriers
    void fetchesOneAfterTheOtherUseOneConnection(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            http.run(() -> {
                for (int i = 0; i < 5; i++) {
                    await(http.client.fetch(server.url("/hello")));
                }
                return null;
            });
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void bodiesAreSentAndComeBack(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            for (String method : List.of("POST", "PUT", "PATCH")) {
                FetchResponse response =
                        http.run(() -> await(http.client.fetch(FetchRequest.of(method, server.url("/echo"))
                                .body("é")
                                .header("X-Two", "a")
                                .header("X-Two", "b")
                                .build())));
                assertThat(response.text()).isEqualTo("é");
                assertThat(response.headers().first("x-method")).isEqualTo(method);
                TestServer.Seen seen = server.last();
                assertThat(seen.header("Content-Length")).isEqualTo("2");
                assertThat(seen.header("Transfer-Encoding")).isNull();
                assertThat(seen.headers().getAll("X-Two")).containsExactly("a", "b");
            }
            for (String method : List.of("GET", "DELETE", "OPTIONS")) {
                FetchResponse response = http.run(() -> await(http.client.fetch(
                        FetchRequest.of(method, server.url("/echo")).build())));
                assertThat(response.headers().first("X-Method")).isEqualTo(method);
                assertThat(response.text()).isEmpty();
            }
            http.run(() -> await(http.client.fetch(
                    FetchRequest.post(server.url("/echo")).body("").build())));
            assertThat(server.last().header("Content-Length")).isEqualTo("0");
            http.run(() -> await(http.client.fetch(FetchRequest.of("OTHER", server.url("/echo"))
                    .allowNonstandardMethods(true)
                    .build())));
            assertThat(server.last().method()).isEqualTo("OTHER");
        }
    }

    @OnBothCarriers
    void aHeadHasHeadersAndNoBody(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var raw = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n")) {
            FetchResponse response = http.run(() ->
                    await(http.client.fetch(FetchRequest.head(raw.url("/")).build())));
            assertThat(response.headers().first("content-length")).isEqualTo("4096");
            assertThat(response.bytes()).isEmpty();
        }
    }

    @OnBothCarriers
    void jsonGoesThroughTheCodec(Carrier carrier) {
        BodyCodec codec = new BodyCodec() {
            @Override
            public byte[] encode(Object value) {
                return ("<" + value + ">").getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Object decode(byte[] body, Type type) {
                return type.equals(String.class)
                        ? new String(body, StandardCharsets.UTF_8)
                        : List.of(type.getTypeName());
            }
        };
        try (var http = new HttpFixture(carrier, options -> options.withCodec(codec))) {
            FetchResponse response = http.run(() -> await(http.client.fetch(
                    FetchRequest.post(server.url("/echo")).json(42).build())));
            assertThat(response.headers().first("Content-Type")).isEqualTo("application/json");
            assertThat(response.body(String.class)).isEqualTo("<42>");
            assertThat(response.body(new TypeRef<List<String>>() {}))
                    .containsExactly("java.util.List<java.lang.String>");
        }
        try (var http = new HttpFixture(carrier)) {
            FetchResponse response = http.run(() -> await(http.client.fetch(server.url("/hello"))));
            assertThatThrownBy(() -> response.body(String.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("HttpClientOptions.withCodec");
            FetchRequest json = FetchRequest.post(server.url("/echo")).json(42).build();
            assertThatThrownBy(() -> http.client.fetch(json))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("HttpClientOptions.withCodec");
        }
    }

    @OnBothCarriers
    void textHasTheCharsetOfItsContentType(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(http.run(() -> await(http.client.fetch(server.url("/latin"))))
                            .text())
                    .isEqualTo("é");
        }
    }

    @OnBothCarriers
    void bodiesAreDecompressed(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(http.run(() -> await(http.client.fetch(server.url("/large"))))
                            .bytes())
                    .hasSize(300_000);
        }
    }

    @OnBothCarriers
    void aRequestMayHaveItsOwnUserAgent(Carrier carrier) {
        try (var http = new HttpFixture(carrier, options -> options.withUserAgent("mine"))) {
            assertThat(http.run(() -> await(http.client.fetch(server.url("/agent"))))
                            .text())
                    .isEqualTo("mine");
            assertThat(http.run(() -> await(http.client.fetch(FetchRequest.get(server.url("/agent"))
                                    .header("user-agent", "other")
                                    .build())))
                            .text())
                    .isEqualTo("other");
        }
    }

    @OnBothCarriers
    void credentialsOfTheUrlAreSentAndNotShown(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            String url = "http://Aladdin:open%20sesame@127.0.0.1:" + server.port() + "/echo?a@b";
            FetchResponse response = http.run(() -> await(http.client.fetch(url)));
            assertThat(server.last().header("Authorization")).isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
            assertThat(server.last().uri()).isEqualTo("/echo?a@b");
            assertThat(response.effectiveUri()).hasToString(server.url("/echo?a@b"));
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(url.replace("echo", "missing")))))
                    .isInstanceOf(HttpStatusException.class)
                    .hasMessageNotContaining("sesame");
        }
    }

    @OnBothCarriers
    void aStatusOtherThan2xxIsAnErrorUnlessNotWanted(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(server.url("/status/403")))))
                    .isInstanceOfSatisfying(HttpStatusException.class, failure -> {
                        assertThat(failure.response().status()).isEqualTo(403);
                        assertThat(failure.response().text()).isEqualTo("as you like");
                        assertThat(failure.uri()).hasToString(server.url("/status/403"));
                        assertThat(failure.phase()).isEqualTo(FetchPhase.BODY);
                        assertThat(failure.elapsed()).isPositive();
                    })
                    .hasMessageStartingWith("GET " + server.url("/status/403") + " failed after ")
                    .hasMessageContaining("the status is 403")
                    .hasMessageContaining("raiseError(false)");
            FetchResponse response = http.run(() -> await(http.client.fetch(FetchRequest.get(server.url("/status/500"))
                    .raiseError(false)
                    .build())));
            assertThat(response.status()).isEqualTo(500);
        }
    }

    @OnBothCarriers
    void aRefusedConnectionIsNamed(Carrier carrier) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        try (var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch("http://127.0.0.1:" + port + "/"))))
                    .isInstanceOf(ConnectFailedException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("(connect)")
                    .hasMessageContaining("efused");
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aPortThatSpeaksNoTlsIsNamed(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            String url = "https://127.0.0.1:" + server.port() + "/hello";
            assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(url))))
                    .isInstanceOf(ConnectFailedException.class)
                    .hasMessageContaining(url)
                    .hasMessageContaining("could not be secured");
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void chunksThatEndWithTheConnectionAreComplete(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var raw = RawServer.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\n1\r\n1\r\n2\r\n0\r\n\r\n")) {
            assertThat(http.run(() -> await(http.client.fetch(raw.url("/")))).text())
                    .isEqualTo("12");
        }
    }

    @OnBothCarriers
    void aHeaderOfTheRequestReplacesTheClientsOwn(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            List<String> names = List.of("Accept", "Host", "Accept-Encoding", "User-Agent");
            FetchRequest.Builder request = FetchRequest.get(server.url("/echo"));
            names.forEach(name -> request.header(name.toUpperCase(Locale.ROOT), "mine"));
            http.run(() -> await(http.client.fetch(request.build())));
            assertThat(names)
                    .allSatisfy(name ->
                            assertThat(server.last().headers().getAll(name)).containsExactly("mine"));
        }
    }

    @OnBothCarriers
    void interimResponsesAreLeftOut(Carrier carrier) throws IOException {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
        try (var http = new HttpFixture(carrier);
                var raw = RawServer.answering("HTTP/1.1 100 Continue\r\n\r\n" + hints + hints
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            FetchResponse response = http.run(() -> await(http.client.fetch(raw.url("/"))));
            assertThat(response.text()).isEqualTo("ok");
            assertThat(response.headers().first("Link")).isNull();
        }
    }

    @OnBothCarriers
    void whatIsNoCompleteResponseIsBroken(Carrier carrier) throws IOException {
        for (String answer : List.of(
                "nonsense\r\n\r\n",
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\n"
                        + "Content-Encoding: gzip\r\nContent-Length: 23\r\n\r\nthis was never a gzip..")) {
            try (var http = new HttpFixture(carrier);
                    var raw = RawServer.answering(answer)) {
                assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(raw.url("/")))))
                        .isInstanceOf(BrokenResponseException.class)
                        .hasMessageContaining(raw.url("/"));
                assertThat(http.client.active()).isZero();
            }
        }
    }

    @OnBothCarriers
    void aConnectionThatIsKeptAliveKeepsNoResponse(Carrier carrier) throws InterruptedException {
        try (var http = new HttpFixture(carrier)) {
            WeakReference<FetchResponse> response =
                    new WeakReference<>(http.run(() -> await(http.client.fetch(server.url("/hello")))));
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (response.get() != null && System.nanoTime() < end) {
                System.gc();
                http.settle();
            }
            assertThat(response.get()).isNull();
            assertThat(http.client.idle()).isEqualTo(1);
        }
    }
}
