package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.net.TlsOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** How the connections below are made: with the options that the HTTP client has, too. */
class ConnectionOptionsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static KeyStore keys;

    @BeforeAll
    static void makeACertificate() throws Exception {
        Path file = folder.resolve("keys.p12");
        int rc = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assertThat(rc).isZero();
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
    }

    private static RawPeer secure() throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        return new RawPeer(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
    }

    private static ConnectionOptions trusting() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        return ConnectionOptions.defaults()
                .withTls(TlsOptions.defaults().withTrustManagers(trust))
                .withHosts(Map.of("localhost", InetAddress.getByName("127.0.0.1")));
    }

    @OnBothCarriers
    void messagesAndTheEndGoThroughTls(Carrier carrier) throws Exception {
        try (var peer = secure();
                IOLoop loop = Loops.on(carrier);
                var client = WebSocketClient.create(loop, WebSocketOptions.defaults(), trusting())) {
            Task<Message> answer = loop.spawn(() -> {
                WebSocket socket = await(client.connect("wss://localhost:" + peer.port() + "/"));
                socket.send(new byte[200_000]);
                return socket.receive();
            });
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.BINARY).payload()).hasSize(200_000);
            link.send(0x82, new byte[200_000]);
            assertThat(WebSocketFixture.outcome(answer)).isEqualTo(Message.of(new byte[200_000]));
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
        }
    }

    @OnBothCarriers
    void aCertificateThatIsNotTrustedIsAnError(Carrier carrier) throws Exception {
        try (var peer = secure();
                IOLoop loop = Loops.on(carrier);
                var client = WebSocketClient.create(
                        loop,
                        WebSocketOptions.defaults(),
                        ConnectionOptions.defaults()
                                .withHosts(Map.of("localhost", InetAddress.getByName("127.0.0.1"))))) {
            Task<WebSocket> opening = client.connect("wss://localhost:" + peer.port() + "/");
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    peer.accept();
                } catch (Exception ex) {
                    // it shakes hands in vain
                }
            });
            assertThatExceptionOfType(WebSocketConnectException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(opening))
                    .withMessageContaining("check the certificate");
        }
    }

    @OnBothCarriers
    void theAddressFilterIsAsked(Carrier carrier) throws Exception {
        try (var peer = new RawPeer();
                IOLoop loop = Loops.on(carrier);
                var client = WebSocketClient.create(
                        loop,
                        WebSocketOptions.defaults(),
                        ConnectionOptions.defaults().withAddressFilter(address -> !address.isLoopbackAddress()))) {
            assertThatExceptionOfType(WebSocketConnectException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(client.connect(peer.url())))
                    .withMessageContaining("127.0.0.1 is not allowed by the client's AddressFilter");
        }
    }
}
