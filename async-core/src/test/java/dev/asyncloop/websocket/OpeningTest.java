package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The handshake: what is asked, and what becomes of the answers. */
class OpeningTest {

    private static WebSocket open(WebSocketFixture ws, RawPeer peer, String... more) throws IOException {
        Task<WebSocket> opening = ws.client.connect(peer.url());
        peer.accept().shakeHands(more);
        return WebSocketFixture.outcome(opening);
    }

    private static WebSocketException answer(Carrier carrier, UnaryOperator<WebSocketOptions> options, String answer)
            throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            link.write(answer.replace("<accept>", Accept.of(link.header("Sec-WebSocket-Key"))));
            if (!answer.startsWith("HTTP/1.1 101")) {
                link.socket.shutdownOutput();
            }
            try {
                WebSocketFixture.outcome(opening);
                throw new AssertionError("was opened");
            } catch (WebSocketException ex) {
                assertThat(ex.uri()).hasToString(peer.url());
                assertThat(ex.elapsed()).isPositive();
                assertThat(ex).hasMessageStartingWith(peer.url() + " was not opened after ");
                assertThat(link.readEnd()).isTrue();
                ws.until(() -> ws.client.active() == 0);
                return ex;
            }
        }
    }

    private static String switching(String... headers) {
        return "HTTP/1.1 101 Switching Protocols\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    @OnBothCarriers
    void theRequestIsWhatTheProtocolWants(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier,
                        options -> options.withHeader("Origin", "https://a.example")
                                .withHeader("User-Agent", "test")
                                .withHeader("X-More", "1")
                                .withHeader("X-More", "2"))) {
            Task<WebSocket> opening =
                    ws.client.connect(peer.url().replace("//", "//user:pass@").replace("ws:", "WS:"));
            RawPeer.Link link = peer.accept();
            assertThat(link.head.getFirst()).isEqualTo("GET /chat?room=1 HTTP/1.1");
            assertThat(link.header("Host")).isEqualTo("127.0.0.1:" + peer.port());
            assertThat(link.header("Upgrade")).isEqualTo("websocket");
            assertThat(link.header("Connection")).isEqualToIgnoringCase("upgrade");
            assertThat(link.header("Sec-WebSocket-Version")).isEqualTo("13");
            assertThat(Base64.getDecoder().decode(link.header("Sec-WebSocket-Key")))
                    .hasSize(16);
            assertThat(link.header("Sec-WebSocket-Protocol")).isNull();
            assertThat(link.header("Sec-WebSocket-Extensions")).isNull();
            assertThat(link.header("Origin")).isEqualTo("https://a.example");
            assertThat(link.header("User-Agent")).isEqualTo("test");
            assertThat(link.header("Authorization")).isEqualTo("Basic dXNlcjpwYXNz");
            assertThat(link.head).contains("X-More: 1", "X-More: 2");
            link.shakeHands("X-Answer: yes");
            WebSocket socket = WebSocketFixture.outcome(opening);
            assertThat(socket.uri()).hasToString(peer.url());
            assertThat(socket.headers().first("x-answer")).isEqualTo("yes");
            assertThat(socket.subprotocol()).isNull();
            assertThat(socket.isCompressed()).isFalse();
        }
    }

    @Test
    void theAcceptKeyIsThatOfTheStandard() {
        assertThat(Accept.of("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @OnBothCarriers
    void framesRightBehindTheAnswerAreNotLost(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            byte[] head = link.answer().getBytes(StandardCharsets.ISO_8859_1);
            byte[] first = RawPeer.Link.frame(0x81, "first".getBytes(StandardCharsets.UTF_8));
            byte[] both = Arrays.copyOf(head, head.length + first.length);
            System.arraycopy(first, 0, both, head.length, first.length);
            link.write(both);
            WebSocket socket = WebSocketFixture.outcome(opening);
            assertThat(ws.<Message>run(socket::receive)).isEqualTo(Message.of("first"));
        }
    }

    @OnBothCarriers
    void aSubprotocolIsAgreedUpon(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withSubprotocols("badproto", "goodproto"))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            assertThat(link.header("Sec-WebSocket-Protocol")).isEqualTo("badproto, goodproto");
            link.shakeHands("Sec-WebSocket-Protocol: goodproto");
            assertThat(WebSocketFixture.outcome(opening).subprotocol()).isEqualTo("goodproto");
            assertThat(open(ws, peer).subprotocol()).isNull(); // the server takes none
        }
    }

    @OnBothCarriers
    void anAnswerOtherThan101IsAnErrorWithAllOfIt(Carrier carrier) throws IOException {
        HandshakeRefusedException refused = (HandshakeRefusedException) answer(
                carrier,
                options -> options,
                "HTTP/1.1 403 Forbidden\r\nX-Why: cross origin\r\nContent-Length: 11\r\n\r\nnot for you");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.headers().first("X-Why")).isEqualTo("cross origin");
        assertThat(refused.text()).isEqualTo("not for you");
        assertThat(refused).hasMessageContaining("the status is 403");

        HandshakeRefusedException ordinary = (HandshakeRefusedException)
                answer(carrier, options -> options, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(ordinary).hasMessageContaining("no WebSocket there");

        HandshakeRefusedException redirect = (HandshakeRefusedException) answer(
                carrier, options -> options, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
        assertThat(redirect).hasMessageContaining("a redirect to /other; redirects of WebSockets are not followed");
        assertThat(redirect.body()).isEmpty();

        HandshakeRefusedException brokenOff = (HandshakeRefusedException)
                answer(carrier, options -> options, "HTTP/1.1 500 Oops\r\nContent-Length: 50\r\n\r\nonly this");
        assertThat(brokenOff.status()).isEqualTo(500);
        assertThat(brokenOff.text()).isEqualTo("only this");
    }

    @OnBothCarriers
    void whatComesBeforeTheAnswerIsNotTakenForIt(Carrier carrier) throws IOException {
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
        String more = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            for (int i = 0; i < 2; i++) {
                Task<WebSocket> opening = ws.client.connect(peer.url());
                RawPeer.Link link = peer.accept();
                if (i == 0) {
                    link.write(hints);
                    ws.settle(); // seen alone, or in parts, as it likes
                    link.write(more + hints);
                    ws.settle();
                    link.shakeHands();
                } else {
                    link.write(hints + more + link.answer());
                }
                link.send(RawPeer.TEXT, "first");
                WebSocket socket = WebSocketFixture.outcome(opening);
                assertThat(ws.<Message>run(socket::receive)).isEqualTo(Message.of("first"));
            }
        }
        HandshakeRefusedException refused = (HandshakeRefusedException)
                answer(carrier, options -> options, hints + "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).isEqualTo("no");
    }

    @OnBothCarriers
    void ofAnEndlessRefusalOnlyTheBeginningIsRead(Carrier carrier) throws IOException {
        HandshakeRefusedException refused = (HandshakeRefusedException)
                answer(carrier, options -> options, "HTTP/1.1 404 Not Found\r\n\r\n" + "x".repeat(65_536));
        assertThat(refused.body()).hasSize(65_536);
    }

    @OnBothCarriers
    void anAnswerThatIsNoHandshakeIsRefused(Carrier carrier) throws IOException {
        String upgrade = "Upgrade: websocket";
        String connection = "Connection: Upgrade";
        String accept = "Sec-WebSocket-Accept: <accept>";
        UnaryOperator<WebSocketOptions> plain = options -> options;
        UnaryOperator<WebSocketOptions> compressed = options -> options.withCompression(Compression.ON);
        assertThat(answer(carrier, plain, switching(upgrade, connection, "Sec-WebSocket-Accept: nonsense")))
                .isInstanceOf(BadHandshakeException.class)
                .hasMessageContaining("`Sec-WebSocket-Accept` is nonsense instead of ");
        assertThat(answer(carrier, plain, switching(upgrade, connection)))
                .isInstanceOf(BadHandshakeException.class)
                .hasMessageContaining("`Sec-WebSocket-Accept` is null");
        assertThat(answer(carrier, plain, switching("Upgrade: h2c", connection, accept)))
                .isInstanceOf(BadHandshakeException.class)
                .hasMessageContaining("`Upgrade` is h2c");
        assertThat(answer(carrier, plain, switching(upgrade, "Connection: keep-alive", accept)))
                .isInstanceOf(BadHandshakeException.class)
                .hasMessageContaining("`Connection` is keep-alive");
        assertThat(answer(carrier, plain, switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: other")))
                .isInstanceOf(BadHandshakeException.class)
                .hasMessageContaining("sub-protocol other, but none was offered");
        for (String extensions : new String[] {"permessage-deflate", "x-strange"}) {
            assertThat(answer(
                            carrier,
                            plain,
                            switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: " + extensions)))
                    .isInstanceOf(BadHandshakeException.class)
                    .hasMessageContaining(extensions + ", which was not offered");
        }
        for (String extensions : new String[] {
            "permessage-deflate, permessage-deflate",
            "permessage-deflate; client_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover=1",
        }) {
            assertThat(answer(
                            carrier,
                            compressed,
                            switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: " + extensions)))
                    .isInstanceOf(BadHandshakeException.class)
                    .hasMessageContaining("which was not offered");
        }
    }

    @OnBothCarriers
    void anAnswerThatIsNoHttpOrNoneIsAnError(Carrier carrier) throws IOException {
        assertThat(answer(carrier, options -> options, "")).isInstanceOf(WebSocketConnectException.class);
        assertThat(answer(carrier, options -> options, "SSH-2.0-OpenSSH_9.2\r\n\r\n"))
                .isInstanceOf(WebSocketConnectException.class);
    }

    @OnBothCarriers
    void aRefusedConnectionSaysWhatToCheck(Carrier carrier) throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = gone.getLocalPort();
        }
        try (var ws = new WebSocketFixture(carrier)) {
            assertThatExceptionOfType(WebSocketConnectException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(ws.client.connect("ws://127.0.0.1:" + port)))
                    .withMessageContaining("check host and port");
            assertThat(ws.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aServerThatDoesNotAnswerIsGivenUp(Carrier carrier) throws IOException {
        ManualClock clock = new ManualClock();
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier, clock, options -> options.withConnectTimeout(Duration.ofSeconds(3)))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            clock.advance(Duration.ofMillis(2_999));
            ws.settle();
            assertThat(opening.isDone()).isFalse();
            clock.advance(Duration.ofMillis(1));
            assertThatExceptionOfType(WebSocketTimeoutException.class)
                    .isThrownBy(() -> WebSocketFixture.outcome(opening))
                    .withMessageContaining("PT3S")
                    .satisfies(ex -> assertThat(ex.limit()).isEqualTo(Duration.ofSeconds(3)));
            assertThat(link.readEnd()).isTrue();
        }
    }

    @OnBothCarriers
    void cancellingClosesTheConnection(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<WebSocket> owner = ws.loop.spawn(() -> await(ws.client.connect(peer.url())));
            RawPeer.Link link = peer.accept();
            owner.cancel(false);
            assertThat(link.readEnd()).isTrue();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> WebSocketFixture.outcome(owner));
            ws.until(() -> ws.client.active() == 0);
        }
    }

    /** The event loop is held meanwhile, for longer than its tasks have: so it sees what has come, and then the cancellation. */
    @Test
    void anOwnerThatEndsWhileTheAnswerComesLeavesNothingOpen() throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(Carrier.EVENT_LOOP)) {
            CompletableFuture<String> release = new CompletableFuture<>();
            Task<String> owner = ws.loop.spawn(() -> {
                ws.client.connect(peer.url());
                return await(release);
            });
            RawPeer.Link link = peer.accept();
            CompletableFuture<String> free = new CompletableFuture<>();
            ws.loop.eventLoopGroup().next().execute(() -> {
                long start = System.nanoTime();
                free.join();
                while (System.nanoTime() - start < 20_000_000) {
                    Thread.onSpinWait();
                }
            });
            link.shakeHands();
            release.complete("over");
            WebSocketFixture.outcome(owner);
            free.complete("");
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(1001);
            link.socket.close();
            ws.until(() -> ws.client.active() == 0);
        }
    }

    @OnBothCarriers
    void onlyUrlsOfWebSocketsAreTaken(Carrier carrier) {
        try (var ws = new WebSocketFixture(carrier)) {
            for (String url :
                    new String[] {"http://a.example/", "wss:/a.example", "a.example", "", "ftp://u:p@a.example"}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ws.client.connect(url))
                        .withMessageContaining("ws:// or wss://")
                        .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("u:p"));
            }
            assertThatIllegalArgumentException().isThrownBy(() -> ws.client.connect("ws://a.example:99999/"));
            ws.loop.close();
            assertThatThrownBy(() -> ws.client.connect("ws://a.example/")).isInstanceOf(LoopClosedException.class);
            assertThat(ws.client.active()).isZero();
        }
    }

    @Test
    void optionsAreChecked() {
        WebSocketOptions options = WebSocketOptions.defaults();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withHeader("Sec-WebSocket-Key", "x"))
                .withMessageContaining("Sec-WebSocket-Key");
        assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("Upgrade", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("X", "a\r\nb"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withSubprotocols("a,b"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withSubprotocols("a", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withMaxMessageSize(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withPing(Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .withMessageContaining("PT2S");
        assertThat(options.withPing(Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .pingTimeout())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(options.withoutPing().pingInterval()).isNull();
    }

    @OnBothCarriers
    void anAnswerMayComeInPiecesAndBeAsLongAsOneOfHttp(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            link.socket.setTcpNoDelay(true);
            for (char c : link.answer().toCharArray()) {
                link.write(String.valueOf(c));
            }
            WebSocketFixture.outcome(opening);
            assertThat(open(ws, peer, "X-Long: " + "x".repeat(60_000)).headers().first("X-Long"))
                    .hasSize(60_000);
        }
        assertThat(answer(carrier, options -> options, switching("X-Long: " + "x".repeat(70_000))))
                .isInstanceOf(WebSocketConnectException.class)
                .hasMessageContaining("larger than 65536 bytes");
    }
}
