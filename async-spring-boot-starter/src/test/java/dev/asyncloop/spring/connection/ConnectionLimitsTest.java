package dev.asyncloop.spring.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** The limits of connections where the protocol shows only after the handshake, or changes. */
class ConnectionLimitsTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private static DisposableServer server;

    private static DisposableServer plain;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        GenericSslContextSpec<?> secure = Http2SslContextSpec.forServer(keys(directory));
        server = new ConnectionLimits(LIMIT, LIMIT, LIMIT)
                .apply(HttpServer.create())
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                .secure(ssl -> ssl.sslContext(secure))
                .route(routes -> routes.get(
                        "/slow",
                        (request, response) ->
                                response.sendString(Mono.just("slept").delayElement(LIMIT.multipliedBy(3)))))
                .bindNow();
        plain = new ConnectionLimits(LIMIT, LIMIT, LIMIT)
                .apply(HttpServer.create())
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.ws(
                        "/socket", (in, out) -> out.sendString(Mono.just("late").delayElement(LIMIT.multipliedBy(3)))))
                .bindNow();
    }

    private static KeyManagerFactory keys(Path directory) throws Exception {
        Path store = directory.resolve("server.p12");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-dname",
                "CN=localhost",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storepass",
                "secret",
                "-keystore",
                store.toString());
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(store.toFile(), "secret".toCharArray()), "secret".toCharArray());
        return keys;
    }

    @AfterAll
    static void stop() {
        server.disposeNow();
        plain.disposeNow();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP11", "H2"})
    void behindTlsARequestIsLeftAloneAndSilenceIsNot(HttpProtocol protocol) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        GenericSslContextSpec<?> secure = protocol == HttpProtocol.H2
                ? Http2SslContextSpec.forClient().configure(ConnectionLimitsTest::trustAll)
                : Http11SslContextSpec.forClient().configure(ConnectionLimitsTest::trustAll);
        HttpClient client = HttpClient.create()
                .protocol(protocol)
                .secure(ssl -> ssl.sslContext(secure))
                .doOnConnected(
                        connection -> connection.channel().closeFuture().addListener(future -> closed.complete(null)));
        assertThat(client.get()
                        .uri("https://127.0.0.1:" + server.port() + "/slow")
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(Duration.ofSeconds(20)))
                .isEqualTo("slept");
        closed.get(20, TimeUnit.SECONDS);
    }

    private static void trustAll(SslContextBuilder builder) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }

    @Test
    void aConnectionThatHasBecomeAWebSocketHasLimitsOfItsOwn() {
        assertThat(HttpClient.create()
                        .websocket()
                        .uri("ws://127.0.0.1:" + plain.port() + "/socket")
                        .handle((in, out) -> in.receive().asString())
                        .blockFirst(Duration.ofSeconds(20)))
                .isEqualTo("late");
    }
}
