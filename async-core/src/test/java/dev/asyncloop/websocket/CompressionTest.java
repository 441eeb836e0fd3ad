package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.Test;

/** {@code permessage-deflate}. */
class CompressionTest {

    private static final int RSV1 = 0x40;

    private static final String EXTENSIONS = "Sec-WebSocket-Extensions: permessage-deflate";

    /** 28 bytes, as in Tornado's own test. */
    private static final String MESSAGE = "x".repeat(28);

    private static byte[] deflate(Deflation deflation, byte[] message) {
        ByteBuf compressed = Unpooled.buffer();
        deflation.deflate(message, compressed);
        return ByteBufUtil.getBytes(compressed);
    }

    private static byte[] deflate(Deflation deflation, String message) {
        return deflate(deflation, message.getBytes(StandardCharsets.UTF_8));
    }

    private static String inflate(Deflation deflation, RawPeer.Frame frame) {
        try {
            return new String(deflation.inflate(frame.payload(), 1_000_000), StandardCharsets.UTF_8);
        } catch (DataFormatException ex) {
            throw new AssertionError(ex);
        }
    }

    @Test
    void whatIsDeflatedIsInflatedAgain() throws DataFormatException {
        for (boolean forgets : new boolean[] {false, true}) {
            Deflation one = new Deflation(forgets, forgets);
            Deflation other = new Deflation(forgets, forgets);
            Random random = new Random(1);
            for (int size : new int[] {0, 1, 0, 0, 63, 64, 65, 8_191, 8_192, 8_193, 300_000, 1, 0}) {
                byte[] incompressible = new byte[size];
                random.nextBytes(incompressible);
                assertThat(other.inflate(deflate(one, incompressible), size)).isEqualTo(incompressible);
                byte[] zeros = new byte[size];
                assertThat(other.inflate(deflate(one, zeros), size)).isEqualTo(zeros);
                if (size > 0) {
                    byte[] compressed = deflate(new Deflation(true, true), zeros);
                    assertThat(new Deflation(true, true).inflate(compressed, size - 1))
                            .isNull();
                }
            }
            one.end();
            other.end();
        }
    }

    @Test
    void aMessageThatEndsItsBlockIsInflatedToo() throws DataFormatException {
        // the example of RFC 7692, section 7.2.3.5
        byte[] message = {(byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 7, 0, 0};
        Deflation deflation = new Deflation(false, false);
        for (int i = 0; i < 2; i++) {
            assertThat(deflation.inflate(message, 100)).isEqualTo("Hello".getBytes(StandardCharsets.UTF_8));
        }
        deflation.end();
    }

    @OnBothCarriers
    void bothSidesCompressEachMessageWithWhatTheyKnowFromBefore(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier, options -> options.withCompression(Compression.ON))) {
            Task<List<String>> received = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThat(socket.isCompressed()).isTrue();
                for (int i = 0; i < 3; i++) {
                    socket.send(MESSAGE);
                }
                socket.send(new byte[10]);
                List<String> texts = new ArrayList<>();
                socket.texts().forEach(texts::add);
                return texts;
            });
            RawPeer.Link link = peer.accept();
            assertThat(link.header("Sec-WebSocket-Extensions")).isEqualTo("permessage-deflate");
            link.shakeHands(EXTENSIONS);
            Deflation deflation = new Deflation(false, false);
            int last = 100;
            for (int i = 0; i < 3; i++) {
                RawPeer.Frame frame = link.read(RawPeer.TEXT);
                assertThat(frame.rsv1()).isTrue();
                assertThat(inflate(deflation, frame)).isEqualTo(MESSAGE);
                assertThat(frame.payload().length).isLessThanOrEqualTo(last);
                last = frame.payload().length;
            }
            assertThat(link.read(RawPeer.BINARY).rsv1()).isTrue();
            assertThat(link.bytesRead).isLessThan(3 * (MESSAGE.length() + 6));

            link.send(0x80 | RSV1 | RawPeer.TEXT, deflate(deflation, MESSAGE));
            link.send(RawPeer.TEXT, "as it is"); // also allowed
            byte[] again = deflate(deflation, MESSAGE);
            link.send(RSV1 | RawPeer.TEXT, new byte[] {again[0]});
            link.send(RawPeer.PING, "");
            link.send(0x80 | RawPeer.CONTINUATION, Arrays.copyOfRange(again, 1, again.length));
            link.sendClose(1000, "");
            assertThat(WebSocketFixture.outcome(received)).containsExactly(MESSAGE, "as it is", MESSAGE);
            deflation.end();
        }
    }

    @OnBothCarriers
    void withoutCompressionAFrameHasItsLengthAndSixBytes(Carrier carrier) throws IOException {
        for (Compression wanted : List.of(Compression.OFF, Compression.ON)) { // the server does not want it
            try (var peer = new RawPeer();
                    var ws = new WebSocketFixture(carrier, options -> options.withCompression(wanted))) {
                Task<?> done = ws.loop.spawn(() -> {
                    WebSocket socket = await(ws.client.connect(peer.url()));
                    assertThat(socket.isCompressed()).isFalse();
                    for (int i = 0; i < 3; i++) {
                        socket.send(MESSAGE);
                    }
                    return socket.receiveOrNull();
                });
                RawPeer.Link link = peer.open();
                for (int i = 0; i < 3; i++) {
                    assertThat(link.read(RawPeer.TEXT).rsv1()).isFalse();
                }
                assertThat(link.bytesRead).isEqualTo(102);
                link.sendClose(1000, "");
                WebSocketFixture.outcome(done);
            }
        }
    }

    @OnBothCarriers
    void withoutContextEachMessageStandsForItself(Carrier carrier) throws IOException {
        for (String answer : new String[] {
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
            "Permessage-Deflate;server_max_window_bits=\"10\" ; client_no_context_takeover",
        }) {
            try (var peer = new RawPeer();
                    var ws = new WebSocketFixture(
                            carrier, options -> options.withCompression(Compression.WITHOUT_CONTEXT))) {
                Task<Message> received = ws.loop.spawn(() -> {
                    WebSocket socket = await(ws.client.connect(peer.url()));
                    socket.send(MESSAGE);
                    socket.send(MESSAGE);
                    socket.receive();
                    return socket.receive();
                });
                RawPeer.Link link = peer.accept();
                assertThat(link.header("Sec-WebSocket-Extensions"))
                        .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
                link.shakeHands("Sec-WebSocket-Extensions: " + answer);
                RawPeer.Frame first = link.read(RawPeer.TEXT);
                assertThat(link.read(RawPeer.TEXT).payload()).isEqualTo(first.payload());
                for (int i = 0; i < 2; i++) {
                    link.send(0x80 | RSV1 | RawPeer.TEXT, first.payload());
                }
                assertThat(WebSocketFixture.outcome(received)).isEqualTo(Message.of(MESSAGE));
            }
        }
    }

    @OnBothCarriers
    void aMessageThatIsTooBigWhenDecompressedIsRefusedWithoutBeingDecompressedWhole(Carrier carrier)
            throws IOException {
        byte[] bomb = deflate(new Deflation(true, true), new byte[50_000_000]);
        assertThat(bomb.length).isLessThan(60_000);
        breach(carrier, 1009, RawPeer.Link.frame(0x80 | RSV1 | RawPeer.BINARY, bomb));
    }

    @OnBothCarriers
    void whatIsNotCompressedButSaidToBeIsRefused(Carrier carrier) throws IOException {
        breach(carrier, 1007, RawPeer.Link.frame(0x80 | RSV1 | RawPeer.TEXT, new byte[] {-1, -1, -1, -1}));
    }

    @OnBothCarriers
    void aTextThatIsNotUtf8WhenDecompressedIsRefused(Carrier carrier) throws IOException {
        byte[] text = deflate(new Deflation(true, true), new byte[] {'a', (byte) 0xe9});
        breach(carrier, 1007, RawPeer.Link.frame(0x80 | RSV1 | RawPeer.TEXT, text));
    }

    @OnBothCarriers
    void onlyTheFirstFrameOfAMessageSaysThatItIsCompressed(Carrier carrier) throws IOException {
        byte[] text = deflate(new Deflation(true, true), MESSAGE);
        breach(
                carrier,
                1002,
                RawPeer.Link.frame(RSV1 | RawPeer.TEXT, text),
                RawPeer.Link.frame(0x80 | RSV1 | RawPeer.CONTINUATION, new byte[0]));
        breach(carrier, 1002, RawPeer.Link.frame(0x80 | RSV1 | RawPeer.PING, new byte[0]));
        breach(carrier, 1002, RawPeer.Link.frame(0x80 | 0x20 | RawPeer.TEXT, new byte[0]));
    }

    private static void breach(Carrier carrier, int code, byte[]... frames) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier,
                        options -> options.withCompression(Compression.ON).withMaxMessageSize(100_000))) {
            Task<?> done = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                assertThatExceptionOfType(WebSocketClosedException.class)
                        .isThrownBy(socket::receiveOrNull)
                        .satisfies(ex -> assertThat(ex.status().code()).isEqualTo(code));
                return null;
            });
            RawPeer.Link link = peer.accept();
            link.shakeHands(EXTENSIONS);
            for (byte[] frame : frames) {
                link.write(frame);
            }
            assertThat(link.read(RawPeer.CLOSE).code()).isEqualTo(code);
            WebSocketFixture.outcome(done);
        }
    }

    @OnBothCarriers
    void manyLargeMessagesInFewBytesAreDecompressedOnlyWhenTheInboxHasRoom(Carrier carrier) throws IOException {
        byte[] bomb = RawPeer.Link.frame(
                0x80 | RSV1 | RawPeer.BINARY, deflate(new Deflation(true, true), new byte[1_000_000]));
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier,
                        options -> options.withCompression(Compression.ON).withMaxMessageSize(1_000_000))) {
            Task<WebSocket> opening = ws.client.connect(peer.url());
            RawPeer.Link link = peer.accept();
            link.shakeHands(EXTENSIONS);
            WebSocket socket = WebSocketFixture.outcome(opening);
            for (int i = 0; i < 40; i++) { // 40 KB, which the system keeps
                link.write(bomb);
            }
            ws.until(() -> socket.inbox() > 0);
            ws.settle();
            assertThat(socket.inbox()).isEqualTo(1);
            link.socket.close();
            int received = ws.run(() -> {
                assertThatExceptionOfType(WebSocketClosedException.class).isThrownBy(() -> {
                    while (socket.closeStatus() == null) { // so that nothing is taken before the end
                        Async.sleep(Duration.ofMillis(1));
                    }
                    assertThat(socket.inbox()).isBetween(1, 19);
                    socket.forEach(message -> {});
                });
                return socket.inbox();
            });
            assertThat(received).isZero();
        }
    }
}
