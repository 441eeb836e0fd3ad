package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

/** Bodies that come compressed, whole and not. */
class CompressedBodyTest {

    private static final String TEXT = "a line that comes again\n".repeat(20_000);

    /** What the server answers with from now on. */
    private volatile byte[] answer = {};

    private final List<String> heads = new CopyOnWriteArrayList<>();

    @AutoClose
    private final ScriptedServer server = new ScriptedServer(peer -> {
        while (true) {
            heads.add(peer.readHead());
            peer.write(answer);
        }
    });

    CompressedBodyTest() throws IOException {}

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return bytes.toByteArray();
    }

    private static byte[] deflate(boolean raw) {
        Deflater deflater = new Deflater(9, raw);
        deflater.setInput(TEXT.getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        byte[] bytes = new byte[TEXT.length()];
        int length = deflater.deflate(bytes);
        deflater.end();
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private String fetch(HttpFixture http, String encoding, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        answer = join(head.getBytes(StandardCharsets.US_ASCII), body);
        return http.run(() -> await(http.client.fetch(server.url("/")))).text();
    }

    private void assertBroken(HttpFixture http, String encoding, byte[] body) {
        assertThatThrownBy(() -> fetch(http, encoding, body))
                .isInstanceOfSatisfying(
                        BrokenResponseException.class,
                        failure -> assertThat(failure.phase()).isEqualTo(FetchPhase.BODY));
        http.settle();
        assertThat(http.client.active()).isZero();
        assertThat(http.client.statistics().connections()).isZero();
    }

    @OnBothCarriers
    void areReadInOneOrSeveralParts(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, "gzip", gzip(TEXT))).isEqualTo(TEXT);
            assertThat(fetch(http, "GZip", join(gzip(TEXT), gzip("more"), gzip(""))))
                    .isEqualTo(TEXT + "more");
            assertThat(fetch(http, "deflate", deflate(false))).isEqualTo(TEXT);
            assertThat(fetch(http, "deflate", deflate(true))).isEqualTo(TEXT);
            assertThat(fetch(http, "gzip", new byte[0])).isEmpty();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    /** As a server does behind a proxy that takes what has come until it broke off for the whole. */
    @OnBothCarriers
    void thatBreakOffAreNoWholeOnesThoughTheirLengthIsRight(Carrier carrier) {
        byte[] gzip = gzip(TEXT);
        try (var http = new HttpFixture(carrier)) {
            for (int missing : new int[] {1, 8, 9, gzip.length / 2, gzip.length - 5, gzip.length - 1}) {
                assertBroken(http, "gzip", Arrays.copyOf(gzip, gzip.length - missing));
            }
            assertBroken(http, "gzip", join(gzip, Arrays.copyOf(gzip, 30)));
            for (boolean raw : new boolean[] {true, false}) {
                byte[] deflated = deflate(raw);
                assertBroken(http, "deflate", Arrays.copyOf(deflated, deflated.length / 2));
            }
        }
    }

    @OnBothCarriers
    void thatAreNotWhatTheySayAreBrokenAndSoIsTheirConnection(Carrier carrier) {
        byte[] changed = gzip(TEXT);
        changed[changed.length - 6] ^= 1;
        try (var http = new HttpFixture(carrier)) {
            assertBroken(http, "gzip", changed);
            assertBroken(http, "gzip", TEXT.getBytes(StandardCharsets.UTF_8));
            assertBroken(http, "gzip", join(gzip(TEXT), "and something else".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @OnBothCarriers
    void thatBreakOffAreReadSoFarAsTheyComeFromAStream(Carrier carrier) {
        byte[] gzip = gzip(TEXT);
        byte[] half = Arrays.copyOf(gzip, gzip.length / 2);
        String head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + half.length + "\r\n\r\n";
        answer = join(head.getBytes(StandardCharsets.US_ASCII), half);
        try (var http = new HttpFixture(carrier)) {
            StringBuilder read = new StringBuilder();
            assertThatThrownBy(() -> http.run(() -> {
                        FetchRequest request = FetchRequest.get(server.url("/")).build();
                        try (FetchStream stream = await(http.client.stream(request))) {
                            for (byte[] piece : stream.chunks()) {
                                read.append(new String(piece, StandardCharsets.UTF_8));
                            }
                        }
                        return null;
                    }))
                    .isInstanceOf(BrokenResponseException.class)
                    .hasMessageContaining("breaks off");
            assertThat(read).isNotEmpty();
            assertThat(TEXT).startsWith(read);
        }
    }

    @Test
    void thatBecomeMuchLargerAreNotDecompressedOnceNobodyWantsThem() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[60_000_000]);
        }
        AtomicLong decompressed = new AtomicLong();
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(NettyPipeline.HttpDecompressor, new HttpContentDecompressor(0));
        StrictDecompressor.install(channel.pipeline());
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof HttpContent content) {
                    decompressed.addAndGet(content.content().readableBytes());
                    context.close();
                }
                ReferenceCountUtil.release(message);
            }
        });
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("Content-Encoding", "gzip");
        channel.writeInbound(head);
        assertThat(bomb.size()).isGreaterThan(50_000);
        channel.pipeline().fireChannelRead(new DefaultHttpContent(Unpooled.wrappedBuffer(bomb.toByteArray())));
        assertThat(decompressed.get()).isPositive().isLessThan(6_000_000);
        channel.finishAndReleaseAll();
    }

    /** Snappy's decoder is Netty's own; that of zstd would allocate what a few bytes of the peer tell it to. */
    @OnBothCarriers
    void inOtherCodingsAreLeftAsTheyAre(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            for (String coding : new String[] {"snappy", "zstd", "br"}) {
                answer = ("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: 5\r\n\r\nbytes")
                        .getBytes(StandardCharsets.US_ASCII);
                FetchResponse response = http.run(() -> await(http.client.fetch(server.url("/"))));
                assertThat(response.text()).isEqualTo("bytes");
                assertThat(response.headers().first("Content-Encoding")).isEqualTo(coding);
            }
            assertThat(heads)
                    .hasSize(3)
                    .allSatisfy(head -> assertThat(head.lines()
                                    .filter(line ->
                                            line.toLowerCase(Locale.ROOT).startsWith("accept-encoding:")))
                            .singleElement(as(STRING))
                            .endsWithIgnoringCase(": gzip"));
        }
    }

    private FetchStream stream(HttpFixture http, String encoding, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        answer = join(head.getBytes(StandardCharsets.US_ASCII), body);
        return await(http.client.stream(FetchRequest.get(server.url("/")).build()));
    }

    @OnBothCarriers
    void areReadAsTheyComeInOneOrSeveralParts(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            http.run(() -> {
                FetchStream first = stream(http, "gzip", gzip(TEXT));
                assertThat(first.headers().first("Content-Encoding")).isNull();
                assertThat(first.headers().first("Content-Length")).isNull();
                assertThat(first.text()).isEqualTo(TEXT);
                assertThat(stream(http, "GZip", join(gzip(TEXT), gzip("more"), gzip("")))
                                .text())
                        .isEqualTo(TEXT + "more");
                assertThat(stream(http, "deflate", deflate(false)).text()).isEqualTo(TEXT);
                assertThat(stream(http, "deflate", deflate(true)).text()).isEqualTo(TEXT);
                assertThat(stream(http, "gzip", new byte[0]).text()).isEmpty();
                return null;
            });
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void thatBreakOffAreNoWholeOnesEitherWhereTheyAreReadAsTheyCome(Carrier carrier) {
        byte[] gzip = gzip(TEXT);
        byte[] changed = gzip.clone();
        changed[changed.length - 6] ^= 1;
        try (var http = new HttpFixture(carrier)) {
            for (byte[] body : List.of(
                    Arrays.copyOf(gzip, gzip.length - 1), Arrays.copyOf(gzip, 5), changed, join(gzip, new byte[30]))) {
                http.run(() -> {
                    FetchStream stream = stream(http, "gzip", body);
                    Iterator<byte[]> pieces = stream.chunks().iterator();
                    for (int i = 0; i < 2; i++) {
                        assertThatThrownBy(() -> pieces.forEachRemaining(piece -> {}))
                                .isInstanceOfSatisfying(
                                        BrokenResponseException.class,
                                        failure -> assertThat(failure.phase()).isEqualTo(FetchPhase.BODY));
                    }
                    return null;
                });
                http.settle();
                assertThat(http.client.active()).isZero();
            }
        }
    }

    /** All of it has come, and so its connection is free; but so far it is as small as it came. */
    @OnBothCarriers
    void thatBecomeMuchLargerAreDecompressedAsTheyAreRead(Carrier carrier) throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        int length = 20_000_000;
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[length]);
        }
        try (var http = new HttpFixture(carrier)) {
            long read = http.run(() -> {
                FetchStream stream = stream(http, "gzip", bomb.toByteArray());
                Task<?> gone = http.loop.spawn(() -> {
                    while (http.client.active() > 0) {
                        Async.sleep(Duration.ofMillis(1));
                    }
                });
                Async.withTimeout(Duration.ofSeconds(20), () -> await(gone));
                long count = 0;
                for (byte[] piece : stream.chunks()) {
                    assertThat(piece.length).isLessThan(1_000_000);
                    count += piece.length;
                }
                return count;
            });
            assertThat(read).isEqualTo(length);
        }
    }
}
