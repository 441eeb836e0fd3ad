package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

class HttpClientTest {

    private static DisposableServer server;

    private static DisposableServer other;

    private static String base;

    private static String otherBase;

    private static final AtomicInteger MEETING = new AtomicInteger();

    private static final Sinks.Empty<Void> ALL_MET = Sinks.empty();

    private static volatile CountDownLatch hangingSeen = new CountDownLatch(1);

    private static volatile CountDownLatch hangingGone = new CountDownLatch(1);

    @BeforeAll
    static void startServers() {
        other = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get(
                        "/seen",
                        (request, response) -> response.sendString(
                                Mono.just(request.requestHeaders().get("Authorization", "no credentials") + ", "
                                        + request.requestHeaders().get("X-Plain", "-")))))
                .bindNow();
        otherBase = "http://127.0.0.1:" + other.port();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .compress(true)
                .route(routes -> routes.get(
                                "/hello",
                                (request, response) -> response.header("Content-Type", "text/plain")
                                        .sendString(Mono.just("Hello world!")))
                        .get(
                                "/status/{code}",
                                (request, response) -> response.status(Integer.parseInt(request.param("code")))
                                        .sendString(Mono.just("body of the error")))
                        .post(
                                "/echo",
                                (request, response) -> response.header(
                                                "X-Type",
                                                request.requestHeaders().get("Content-Type", "none"))
                                        .send(request.receive().retain()))
                        .get(
                                "/seen",
                                (request, response) -> response.sendString(
                                        Mono.just(request.requestHeaders().get("Authorization", "no credentials"))))
                        .post("/seen", (request, response) -> response.sendString(Mono.just("POST")))
                        .get("/method", (request, response) -> response.sendString(Mono.just("GET")))
                        .post(
                                "/see-other",
                                (request, response) -> response.status(303)
                                        .header(HttpHeaderNames.LOCATION, "/method")
                                        .send())
                        .post(
                                "/temporary",
                                (request, response) -> response.status(307)
                                        .header(HttpHeaderNames.LOCATION, "/echo")
                                        .send())
                        .get("/countdown/{n}", (request, response) -> {
                            int n = Integer.parseInt(request.param("n"));
                            return n == 0
                                    ? response.sendString(Mono.just("Zero"))
                                    : response.status(302)
                                            .header(HttpHeaderNames.LOCATION, "/countdown/" + (n - 1))
                                            .send();
                        })
                        .get(
                                "/elsewhere",
                                (request, response) -> response.status(302)
                                        .header(HttpHeaderNames.LOCATION, otherBase + "/seen")
                                        .send())
                        .get(
                                "/to-localhost",
                                (request, response) -> response.status(302)
                                        .header(HttpHeaderNames.LOCATION, "http://localhost:" + other.port() + "/seen")
                                        .send())
                        .get("/meet", (request, response) -> {
                            if (MEETING.incrementAndGet() % 10 == 0) {
                                ALL_MET.tryEmitEmpty();
                            }
                            return response.sendString(ALL_MET.asMono().thenReturn("met"));
                        })
                        .get("/hang", (request, response) -> {
                            request.withConnection(connection -> connection.onDispose(hangingGone::countDown));
                            hangingSeen.countDown();
                            return Mono.never();
                        })
                        .get(
                                "/half",
                                (request, response) ->
                                        response.sendString(Flux.concat(Mono.just("half"), Mono.never())))
                        .get(
                                "/zeros",
                                (request, response) -> response.sendByteArray(
                                        Flux.range(0, 100).map(i -> new byte[100_000]))))
                .bindNow();
        base = "http://127.0.0.1:" + server.port();
    }

    @AfterAll
    static void stopServers() {
        server.disposeNow();
        other.disposeNow();
    }

    private interface Body {
        void run(IOLoop loop, AsyncHttpClient client) throws Exception;
    }

    private static void with(Carrier carrier, Body body) {
        with(carrier, UnaryOperator.identity(), body);
    }

    private static void with(Carrier carrier, UnaryOperator<HttpClientOptions> options, Body body) {
        try (IOLoop loop = Loops.on(carrier);
                AsyncHttpClient client = AsyncHttpClient.create(loop, options.apply(HttpClientOptions.defaults()))) {
            loop.runSync(() -> {
                body.run(loop, client);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aFetchReturnsStatusHeadersBodyAndTimings(Carrier carrier) {
        with(carrier, (loop, client) -> {
            FetchResponse response = await(client.fetch(base + "/hello"));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("Hello world!");
            assertThat(response.bytes()).hasSize(12);
            assertThat(response.headers().first("content-TYPE")).isEqualTo("text/plain");
            assertThat(response.effectiveUri()).hasToString(base + "/hello");
            FetchTimings timings = response.timings();
            assertThat(timings.queued()).isLessThanOrEqualTo(timings.connected());
            assertThat(timings.connected()).isLessThanOrEqualTo(timings.firstByte());
            assertThat(timings.firstByte()).isLessThanOrEqualTo(timings.total());
        });
    }

    @OnBothCarriers
    void fetchesRunSideBySide(Carrier carrier) {
        with(carrier, (loop, client) -> {
            List<Task<FetchResponse>> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                tasks.add(client.fetch(base + "/meet"));
            }
            assertThat(Async.gather(tasks))
                    .hasSize(10)
                    .allMatch(response -> response.text().equals("met"));
        });
    }

    @OnBothCarriers
    void aBodyIsSentAndJsonGoesThroughTheCodec(Carrier carrier) {
        BodyCodec codec = new BodyCodec() {
            @Override
            public byte[] encode(Object value) {
                return ("\"" + value + "\"").getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Object decode(byte[] body, Type type) {
                return new String(body, StandardCharsets.UTF_8) + " as " + type.getTypeName();
            }
        };
        with(carrier, options -> options.withCodec(codec), (loop, client) -> {
            FetchResponse echoed = await(
                    client.fetch(FetchRequest.post(base + "/echo").body("é").build()));
            assertThat(echoed.text()).isEqualTo("é");
            FetchResponse json = await(
                    client.fetch(FetchRequest.post(base + "/echo").json("x").build()));
            assertThat(json.headers().first("X-Type")).isEqualTo("application/json");
            assertThat(json.body(String.class)).isEqualTo("\"x\" as java.lang.String");
            assertThat(new TypeRef<List<String>>() {}.type().getTypeName())
                    .isEqualTo("java.util.List<java.lang.String>");
        });
        with(
                carrier,
                (loop, client) -> assertThatThrownBy(
                                () -> await(client.fetch(base + "/hello")).body(String.class))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("withCodec"));
    }

    @OnBothCarriers
    void aStatusOtherThan2xxFailsUnlessAskedOtherwise(Carrier carrier) {
        with(carrier, (loop, client) -> {
            assertThatThrownBy(() -> await(client.fetch(base + "/status/404")))
                    .isInstanceOfSatisfying(HttpStatusException.class, ex -> {
                        assertThat(ex.response().status()).isEqualTo(404);
                        assertThat(ex.response().text()).isEqualTo("body of the error");
                        assertThat(ex).hasMessageContaining("GET " + base + "/status/404");
                    });
            FetchResponse response = await(client.fetch(
                    FetchRequest.get(base + "/status/503").raiseError(false).build()));
            assertThat(response.status()).isEqualTo(503);
        });
    }

    @OnBothCarriers
    void redirectsAreFollowedByTornadosTable(Carrier carrier) {
        with(carrier, (loop, client) -> {
            FetchResponse response = await(client.fetch(base + "/countdown/2"));
            assertThat(response.text()).isEqualTo("Zero");
            assertThat(response.effectiveUri().getPath()).isEqualTo("/countdown/0");
            assertThat(response.request().uri().getPath()).isEqualTo("/countdown/2");
            assertThatThrownBy(() -> await(client.fetch(FetchRequest.get(base + "/countdown/5")
                            .maxRedirects(3)
                            .build())))
                    .isInstanceOfSatisfying(HttpStatusException.class, ex -> {
                        assertThat(ex.response().effectiveUri().getPath()).isEqualTo("/countdown/2");
                        assertThat(ex.response().headers().first("Location")).isEqualTo("/countdown/1");
                    });
            FetchResponse unfollowed = await(client.fetch(FetchRequest.get(base + "/countdown/2")
                    .followRedirects(false)
                    .raiseError(false)
                    .build()));
            assertThat(unfollowed.status()).isEqualTo(302);
            assertThat(await(client.fetch(FetchRequest.post(base + "/see-other")
                                    .body("x")
                                    .build()))
                            .text())
                    .isEqualTo("GET");
            assertThat(await(client.fetch(FetchRequest.post(base + "/temporary")
                                    .body("kept")
                                    .build()))
                            .text())
                    .isEqualTo("kept");
        });
    }

    @OnBothCarriers
    void credentialsDoNotFollowToAnotherOrigin(Carrier carrier) {
        with(carrier, (loop, client) -> {
            String secret = base.replace("http://", "http://me:s%C3%A9cret@");
            assertThat(await(client.fetch(secret + "/seen")).text()).isEqualTo("Basic bWU6c8OpY3JldA==");
            FetchResponse elsewhere = await(client.fetch(FetchRequest.get(base + "/elsewhere")
                    .header("Authorization", "Bearer x")
                    .header("X-Plain", "stays")
                    .build()));
            assertThat(elsewhere.text()).isEqualTo("no credentials, stays");
            assertThatThrownBy(() -> await(client.fetch(secret + "/status/500")))
                    .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("cret"));
        });
    }

    @OnBothCarriers
    void aResponseThatDoesNotComeEndsAtTheLimitAndNamesThePhase(Carrier carrier) {
        with(carrier, (loop, client) -> {
            for (String path : List.of("/hang", "/half")) {
                assertThatThrownBy(() -> await(client.fetch(FetchRequest.get(base + path)
                                .timeout(Duration.ofMillis(100))
                                .build())))
                        .isInstanceOfSatisfying(FetchTimeoutException.class, ex -> {
                            assertThat(ex.phase()).isEqualTo(FetchPhase.RESPONSE);
                            assertThat(ex).hasMessageContaining(path).hasMessageContaining("PT0.1S");
                        });
            }
            assertThat(client.active()).isZero();
        });
    }

    @OnBothCarriers
    void waitingInLineCountsForTheLimit(Carrier carrier) {
        with(carrier, options -> options.withMaxTotal(1), (loop, client) -> {
            Task<FetchResponse> first = client.fetch(base + "/hang");
            Task<FetchResponse> second = client.fetch(FetchRequest.get(base + "/hello")
                    .timeout(Duration.ofMillis(100))
                    .build());
            assertThatThrownBy(() -> await(second))
                    .isInstanceOfSatisfying(
                            FetchTimeoutException.class,
                            ex -> assertThat(ex.phase()).isEqualTo(FetchPhase.QUEUE));
            assertThat(client.queued()).isZero();
            first.cancel(false);
        });
    }

    @OnBothCarriers
    void cancellingFreesSlotAndConnectionAtOnceForWhoWaitsInLine(Carrier carrier) {
        with(carrier, options -> options.withMaxTotal(1), (loop, client) -> {
            hangingSeen = new CountDownLatch(1);
            hangingGone = new CountDownLatch(1);
            Task<FetchResponse> hanging = client.fetch(base + "/hang");
            Task<FetchResponse> gaveUp = client.fetch(base + "/hello");
            Task<FetchResponse> next = client.fetch(base + "/hello");
            assertThat(Async.<Boolean>blocking(() -> hangingSeen.await(20, TimeUnit.SECONDS)))
                    .isTrue();
            assertThat(client.active()).isEqualTo(1);
            assertThat(client.queued()).isEqualTo(2);
            gaveUp.cancel(false);
            hanging.cancel(false);
            assertThat(await(next).text()).isEqualTo("Hello world!");
            assertThatThrownBy(() -> await(hanging)).isInstanceOf(CancellationException.class);
            assertThat(Async.<Boolean>blocking(() -> hangingGone.await(20, TimeUnit.SECONDS)))
                    .isTrue();
            assertThat(client.active()).isZero();
            assertThat(client.queued()).isZero();
        });
    }

    @OnBothCarriers
    void aCoroutineThatEndsTakesItsFetchesWithIt(Carrier carrier) {
        with(carrier, (loop, client) -> {
            hangingSeen = new CountDownLatch(1);
            hangingGone = new CountDownLatch(1);
            await(Async.spawn(() -> {
                client.fetch(base + "/hang");
                return Async.<Boolean>blocking(() -> hangingSeen.await(20, TimeUnit.SECONDS));
            }));
            assertThat(Async.<Boolean>blocking(() -> hangingGone.await(20, TimeUnit.SECONDS)))
                    .isTrue();
        });
    }

    @OnBothCarriers
    void aBusyOriginLetsOthersPass(Carrier carrier) {
        with(carrier, options -> options.withMaxPerOrigin(1), (loop, client) -> {
            Task<FetchResponse> hanging = client.fetch(base + "/hang");
            Task<FetchResponse> behind = client.fetch(base + "/hello");
            assertThat(await(client.fetch(otherBase + "/seen")).status()).isEqualTo(200);
            assertThat(behind.isDone()).isFalse();
            hanging.cancel(false);
            assertThat(await(behind).status()).isEqualTo(200);
        });
    }

    @OnBothCarriers
    void aFullLineRefusesAndNamesTheLimits(Carrier carrier) {
        with(carrier, options -> options.withMaxTotal(1).withMaxQueued(1), (loop, client) -> {
            client.fetch(base + "/hang");
            client.fetch(base + "/hang");
            assertThatThrownBy(() -> await(client.fetch(base + "/hello")))
                    .isInstanceOf(QueueFullException.class)
                    .hasMessageContaining("maxQueued");
        });
    }

    @OnBothCarriers
    void aBodyThatIsTooLargeIsStoppedEarlyAlsoWhenItIsCompressed(Carrier carrier) {
        with(carrier, options -> options.withMaxBodySize(200_000), (loop, client) -> {
            assertThatThrownBy(() -> await(client.fetch(base + "/zeros")))
                    .isInstanceOf(BodyTooLargeException.class)
                    .hasMessageContaining("200000");
            assertThat(client.active()).isZero();
        });
        with(
                carrier,
                (loop, client) ->
                        assertThat(await(client.fetch(base + "/zeros")).bytes()).hasSize(10_000_000));
    }

    @OnBothCarriers
    void nobodyThereIsAConnectFailure(Carrier carrier) throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        String url = "http://127.0.0.1:" + free + "/x";
        with(
                carrier,
                (loop, client) -> assertThatThrownBy(() -> await(client.fetch(url)))
                        .isInstanceOf(ConnectFailedException.class)
                        .hasMessageContaining(url));
    }

    @OnBothCarriers
    void theFilterIsAskedForLiteralAddressesNamesAndRedirects(Carrier carrier) {
        with(carrier, options -> options.withAddressFilter(address -> !address.isLoopbackAddress()), (loop, client) -> {
            for (String url : List.of(base + "/hello", "http://localhost:" + server.port() + "/hello")) {
                assertThatThrownBy(() -> await(client.fetch(url)))
                        .isInstanceOf(AddressNotAllowedException.class)
                        .hasMessageContaining(url)
                        .hasMessageContaining("127.0.0.1");
            }
        });
        // 127.0.0.1 itself is allowed, what the redirect leads to is not
        AtomicInteger asked = new AtomicInteger();
        with(carrier, options -> options.withAddressFilter(address -> asked.incrementAndGet() == 1), (loop, client) -> {
            assertThatThrownBy(() -> await(client.fetch(base + "/to-localhost")))
                    .isInstanceOf(AddressNotAllowedException.class)
                    .hasMessageContaining("localhost");
        });
        with(
                carrier,
                (loop, client) -> assertThat(
                                await(client.fetch(base + "/to-localhost")).status())
                        .isEqualTo(200));
    }

    /** The kernel connects to the IPv4 address then, so that is the address to ask about. */
    @OnBothCarriers
    void theFilterSeesThroughIpv4AddressesInIpv6Form(Carrier carrier) {
        with(carrier, options -> options.withAddressFilter(address -> !address.isLoopbackAddress()), (loop, client) -> {
            for (String host : List.of("[::ffff:127.0.0.1]", "[::FFFF:7F00:1]", "[::127.0.0.1]")) {
                assertThatThrownBy(() -> await(client.fetch("http://" + host + ":" + server.port() + "/hello")))
                        .isInstanceOf(AddressNotAllowedException.class);
            }
        });
    }

    @OnBothCarriers
    void aClosedClientRefusesAndFailsWhatRuns(Carrier carrier) {
        with(carrier, (loop, client) -> {
            Task<FetchResponse> hanging = client.fetch(base + "/hang");
            yieldNow();
            client.close();
            assertThatThrownBy(() -> await(hanging)).isInstanceOf(ClientClosedException.class);
            assertThatThrownBy(() -> await(client.fetch(base + "/hello"))).isInstanceOf(ClientClosedException.class);
        });
    }

    @Test
    void badRequestsAreRefusedWithNameValueAndWayOut() {
        assertThatThrownBy(() -> FetchRequest.get("ftp://x/y").build()).hasMessageContaining("ftp://x/y");
        assertThatThrownBy(() -> FetchRequest.get("http://x/a b").build()).hasMessageContaining("a b");
        assertThatThrownBy(() -> FetchRequest.get("http:///y").build()).hasMessageContaining("http:///y");
        assertThatThrownBy(() -> FetchRequest.post("http://x/").build()).hasMessageContaining("POST must have a body");
        assertThatThrownBy(() -> FetchRequest.get("http://x/").body("b").build())
                .hasMessageContaining("GET must not have a body");
        assertThatThrownBy(() -> FetchRequest.of("OTHER", "http://x/").build()).hasMessageContaining("OTHER");
        assertThat(FetchRequest.of("OTHER", "http://x/")
                        .allowNonstandardMethods(true)
                        .build()
                        .method())
                .isEqualTo("OTHER");
        for (String bad : List.of("a\r\nb", "a\nb", "a\rb")) {
            assertThatThrownBy(() -> FetchRequest.get("http://x/").header("X-A", bad))
                    .hasMessageContaining("X-A")
                    .hasMessageContaining("line break");
            assertThatThrownBy(() -> FetchRequest.get("http://x/").header(bad, "v"))
                    .hasMessageContaining("Header name");
        }
        assertThatThrownBy(() -> FetchRequest.get("http://x/").timeout(Duration.ZERO))
                .hasMessageContaining("PT0S");
        assertThat(FetchRequest.get("http://x/{a}/c?d={e}", "1/2", "é&").build().uri())
                .hasToString("http://x/1%2F2/c?d=%C3%A9%26");
        assertThatThrownBy(() -> FetchRequest.get("http://x/{a}")).hasMessageContaining("{a}");
        assertThatThrownBy(() -> FetchRequest.get("http://x/", 1)).hasMessageContaining("1 values");
    }
}
