package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPOutputStream;

/** Cases of Tornado's client that no other test asks in the same way. */
class TornadoClientCasesTest {

    @OnBothCarriers
    void aBodyInTwoPiecesWithAPauseBetween(Carrier carrier) throws IOException {
        CountDownLatch goOn = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    while (peer.readHead() != null) {
                        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nasdf\r\n");
                        HttpFixture.await(goOn);
                        peer.write("4\r\nqwer\r\n0\r\n\r\n");
                    }
                })) {
            FetchResponse response = http.run(() -> {
                FetchStream stream = await(
                        http.client.stream(FetchRequest.get(server.url("/")).build()));
                try (stream) {
                    byte[] first = stream.chunks().iterator().next();
                    assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("asdf");
                    goOn.countDown();
                }
                return await(http.client.fetch(server.url("/")));
            });
            assertThat(response.text()).isEqualTo("asdfqwer");
        }
    }

    @OnBothCarriers
    void bytesAndTextAreSentAsTheyAre(Carrier carrier) throws Exception {
        LinkedBlockingQueue<byte[]> bodies = new LinkedBlockingQueue<>();
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    String head;
                    while ((head = peer.readHead()) != null) {
                        bodies.add(peer.readBody(
                                head.contains("Content-Length: 2\r\n") || head.contains("content-length: 2\r\n")
                                        ? 2
                                        : 1));
                        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    }
                })) {
            FetchRequest.Builder post = FetchRequest.post(server.url("/"));
            HttpFixture.outcome(http.client.fetch(post.body("\u00e9").build()));
            assertThat(bodies.take()).containsExactly(0xc3, 0xa9);
            HttpFixture.outcome(
                    http.client.fetch(post.body(new byte[] {(byte) 0xe9}).build()));
            assertThat(bodies.take()).containsExactly(0xe9);
        }
    }

    @OnBothCarriers
    void aRequestIsNotChangedByItsFetches(Carrier carrier) {
        try (var server = new TestServer();
                var http = new HttpFixture(carrier)) {
            FetchRequest request = FetchRequest.get(server.url("/countdown/2"))
                    .header("X", "y")
                    .build();
            List<Map.Entry<String, String>> before = request.headers();
            FetchResponse first = HttpFixture.outcome(http.client.fetch(request));
            FetchResponse second = HttpFixture.outcome(http.client.fetch(first.request()));
            assertThat(first.request()).isSameAs(request);
            assertThat(second.text()).isEqualTo(first.text());
            assertThat(request.headers()).isEqualTo(before).isEqualTo(List.of(Map.entry("X", "y")));
        }
    }

    @OnBothCarriers
    void whatComesAfterCompressedContentDoesNotHoldItUp(Carrier carrier) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write("Hello World 0\n".getBytes(StandardCharsets.US_ASCII));
        }
        String body = compressed.toString(StandardCharsets.ISO_8859_1) + "this is no gzip";
        try (var http = new HttpFixture(carrier);
                var server = WireServer.answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)) {
            try {
                assertThat(HttpFixture.outcome(http.client.fetch(server.url("/")))
                                .text())
                        .isEqualTo("Hello World 0\n");
            } catch (BrokenResponseException ex) {
                assertThat(ex).hasMessageContaining(server.url("/"));
            }
        }
    }
}
