package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Servers that misbehave, byte for byte, on connections that are kept alive. */
class FramingTest {

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private static final String OK_IN_CHUNKS = "\r\n2\r\nok\r\n0\r\n\r\n";

    private static final String FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

    private static String ok(String headers) {
        return "HTTP/1.1 200 OK\r\n" + headers + "\r\nok";
    }

    private static String chunked(String chunks) {
        return "HTTP/1.1 200 OK\r\n" + CHUNKED + "\r\n" + chunks;
    }

    /** Answers the first request of its first connection with this, and every other one by saying on which connection it came. */
    private static WireServer first(String answer) throws IOException {
        return new WireServer(peer -> {
            boolean answered = peer.number > 1;
            while (peer.readHead() != null) {
                peer.write(answered ? "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + peer.number : answer);
                answered = true;
            }
        });
    }

    private static FetchResponse fetch(HttpFixture http, WireServer server) {
        return http.run(() -> await(http.client.fetch(
                FetchRequest.get(server.url("/")).raiseError(false).build())));
    }

    @OnBothCarriers
    void whatIsClearIsTaken(Carrier carrier) throws IOException {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("equal lengths", ok("Content-Length: 2\r\nContent-Length: 2\r\n"));
        answers.put("equal lengths in a list", ok("Content-Length: 2, 2\r\n"));
        answers.put("chunked in capitals", "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n" + OK_IN_CHUNKS);
        answers.put("chunk extensions", chunked("2;a=b;c=\"d\"\r\nok\r\n0;x\r\n\r\n"));
        answers.put("a trailer", chunked("2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"));
        answers.put("a trailer that lies about the length", chunked("2\r\nok\r\n0\r\nContent-Length: 9\r\n\r\n"));
        answers.put("a folded header", ok("X: a\r\n b\r\nContent-Length: 2\r\n"));
        answers.put("Latin-1 in a value", ok("X: \u00e9\r\nContent-Length: 2\r\n"));
        answers.put("no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok");
        answers.put("empty lines before", "\r\n\r\n" + ok("Content-Length: 2\r\n"));
        answers.put("HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok");
        answers.put("HTTP/1.0, kept alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
        answers.put(
                "interim responses",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                        + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 199 Unknown\r\n\r\n"
                        + ok("Content-Length: 2\r\n"));
        try (var http = new HttpFixture(carrier)) {
            for (var answer : answers.entrySet()) {
                try (WireServer server = first(answer.getValue())) {
                    assertThat(fetch(http, server).text()).as(answer.getKey()).isEqualTo("ok");
                    assertThat(fetch(http, server).text())
                            .as("after " + answer.getKey())
                            .isEqualTo("1");
                }
            }
        }
    }

    @OnBothCarriers
    void whatIsUnclearIsRefusedAndItsConnectionClosed(Carrier carrier) throws IOException {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("length and chunks", ok("Content-Length: 2\r\n" + CHUNKED));
        answers.put("chunks and length", "HTTP/1.1 200 OK\r\n" + CHUNKED + "Content-Length: 2\r\n" + OK_IN_CHUNKS);
        answers.put("two lengths", ok("Content-Length: 2\r\nContent-Length: 3\r\n"));
        answers.put("two lengths in a list", ok("Content-Length: 2, 3\r\n"));
        for (String length : new String[] {"+2", "-2", "1_0", "0x2", "foo", "", "\u00b2", "99999999999999999999"}) {
            answers.put("length '" + length + "'", ok("Content-Length: " + length + "\r\n"));
        }
        for (String coding :
                new String[] {"gzip, chunked", "chunked, gzip", "identity", "xchunked", "chunked, chunked"}) {
            answers.put("coding " + coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n" + OK_IN_CHUNKS);
        }
        answers.put("chunked twice", "HTTP/1.1 200 OK\r\n" + CHUNKED + CHUNKED + OK_IN_CHUNKS);
        answers.put("chunked, folded", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n" + OK_IN_CHUNKS);
        answers.put(
                "chunked after a control", "HTTP/1.1 200 OK\r\nTransfer-Encoding: \u000bchunked\r\n" + OK_IN_CHUNKS);
        answers.put("chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\n" + CHUNKED + OK_IN_CHUNKS);
        for (String size :
                new String[] {"1_a", "-1", "0x2", "+2", "", "100000002", "ffffffffffffffff2", "2\n", "2;a\nb"}) {
            answers.put("chunk size '" + size + "'", chunked(size + "\r\nok\r\n0\r\n\r\n"));
        }
        answers.put("a chunk that ends in LF", chunked("2\r\nok\n0\r\n\r\n"));
        answers.put("a chunk that does not end", chunked("2\r\nok0\r\n\r\n"));
        answers.put("a chunk that is too long", chunked("2\r\nokay\r\n0\r\n\r\n"));
        answers.put("204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok");
        answers.put("204 with chunks", "HTTP/1.1 204 No Content\r\n" + CHUNKED + OK_IN_CHUNKS);
        answers.put("100 with a length", "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nok");
        answers.put("103 with chunks", "HTTP/1.1 103 Early Hints\r\n" + CHUNKED + OK_IN_CHUNKS);
        answers.put("101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
        answers.put("lines that end in LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        answers.put("one line that ends in LF", ok("X: 1\nContent-Length: 2\r\n"));
        answers.put("CR in a value", ok("X: a\rContent-Length: 9\r\nContent-Length: 2\r\n"));
        answers.put("NUL in a value", ok("X: a\0b\r\nContent-Length: 2\r\n"));
        answers.put("NUL in a name", ok("X\0: 2\r\nContent-Length: 2\r\n"));
        answers.put("Latin-1 in a name", ok("X\u00e9: 2\r\nContent-Length: 2\r\n"));
        answers.put("no name", ok(": 2\r\nContent-Length: 2\r\n"));
        answers.put("no colon", ok("nonsense\r\nContent-Length: 2\r\n"));
        answers.put("a space after the name", ok("Content-Length : 2\r\n"));
        answers.put("a tab after the name", ok("X\t: a\r\nContent-Length: 2\r\n"));
        answers.put("a space in a name", ok("Content-Length X: 9\r\nContent-Length: 2\r\n"));
        answers.put("a space after the name of a trailer", chunked("2\r\nok\r\n0\r\nX : 1\r\n\r\n"));
        answers.put("a fold of nothing", ok(" X: a\r\nContent-Length: 2\r\n"));
        for (String line : new String[] {
            "nonsense", "200 OK", "HTTP/1.1 1000 OK", "HTTP/1.1 20 OK", "HTTP/1.1 099 OK", "HTTP/1.1 abc OK",
            "HTTP/1.1 -20 OK", "HTTP/2.0 200 OK", "HTTP/0.9 200 OK", "FOO/1.1 200 OK", "ICY 200 OK", "x HTTP/1.1 200 OK"
        }) {
            answers.put("'" + line + "'", line + "\r\nContent-Length: 2\r\n\r\nok");
        }
        try (var http = new HttpFixture(carrier)) {
            for (var answer : answers.entrySet()) {
                try (WireServer server = first(answer.getValue())) {
                    assertThatThrownBy(() -> fetch(http, server))
                            .as(answer.getKey())
                            .isInstanceOf(BrokenResponseException.class)
                            .hasMessageContaining(server.url("/"));
                    assertThat(fetch(http, server).text())
                            .as("after " + answer.getKey())
                            .isEqualTo("2");
                }
            }
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void whatComesAfterAResponseIsNotTheNextOne(Carrier carrier) throws IOException {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("a whole response", ok("Content-Length: 2\r\n") + FORGED);
        answers.put("the beginning of one", ok("Content-Length: 2\r\n") + "HTTP/1.1 200 OK\r\nX-Forged: 1\r\nX-Eats:");
        answers.put("nonsense", ok("Content-Length: 2\r\n") + "nonsense");
        answers.put("one after chunks", chunked("2\r\nok\r\n0\r\n\r\n") + FORGED);
        answers.put("a body after 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 42\r\n\r\n" + FORGED);
        answers.put("a body after 204", "HTTP/1.1 204 No Content\r\n\r\n" + FORGED);
        try (var http = new HttpFixture(carrier)) {
            for (var answer : answers.entrySet()) {
                try (WireServer server = first(answer.getValue())) {
                    assertThat(fetch(http, server).text()).as(answer.getKey()).isIn("ok", "");
                    FetchResponse next = fetch(http, server);
                    assertThat(next.text()).as("after " + answer.getKey()).isEqualTo("2");
                    assertThat(next.headers().first("X-Forged")).isNull();
                }
            }
        }
    }

    @OnBothCarriers
    void theBodyOfAnAnswerToHeadIsNotTheNextResponse(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                WireServer server = first("HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n" + FORGED)) {
            FetchResponse head = http.run(() ->
                    await(http.client.fetch(FetchRequest.head(server.url("/")).build())));
            assertThat(head.headers().first("Content-Length")).isEqualTo("42");
            assertThat(head.bytes()).isEmpty();
            assertThat(fetch(http, server).text()).isEqualTo("2");
        }
    }

    @OnBothCarriers
    void whatComesWithoutBeingAskedForClosesTheConnection(Carrier carrier) throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + peer.number);
                    if (peer.number == 1) {
                        HttpFixture.await(go);
                        peer.write(FORGED);
                    }
                    peer.awaitEnd();
                    closed.countDown();
                })) {
            assertThat(fetch(http, server).text()).isEqualTo("1");
            go.countDown();
            HttpFixture.await(closed);
            assertThat(fetch(http, server).text()).isEqualTo("2");
        }
    }

    @OnBothCarriers
    void whoAnswersBeforeHeIsAskedIsNotListenedTo(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    peer.write(FORGED + FORGED); // may come before or after the request is out
                    peer.awaitEnd();
                })) {
            try {
                assertThat(fetch(http, server).text()).isEqualTo("forged");
            } catch (FetchException ex) {
                assertThat(ex).hasMessageContaining(server.url("/"));
            }
            int before = server.connections();
            try {
                fetch(http, server);
            } catch (FetchException ex) {
                assertThat(ex).hasMessageContaining(server.url("/"));
            }
            assertThat(server.connections()).isGreaterThan(before); // not on the first one in any case
        }
    }

    @OnBothCarriers
    void theEndOfTheConnectionIsTheEndOfABodyWithoutLength(Carrier carrier) throws IOException {
        for (String line : new String[] {"HTTP/1.0 200 OK", "HTTP/1.1 200 OK"}) {
            try (var http = new HttpFixture(carrier);
                    var raw = RawServer.answering(line + "\r\nX: y\r\n\r\nto the end")) {
                assertThat(http.run(() -> await(http.client.fetch(raw.url("/"))))
                                .text())
                        .isEqualTo("to the end");
            }
        }
    }

    @OnBothCarriers
    void anEndBeforeTheEndIsAnError(Carrier carrier) throws IOException {
        for (String answer : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Len",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
            chunked(""),
            chunked("3\r\nok"),
            chunked("2\r\nok\r\n"),
            chunked("2\r\nok\r\n0\r\n"),
            "HTTP/1.1 103 Early Hints\r\n\r\n"
        }) {
            try (var http = new HttpFixture(carrier);
                    var raw = RawServer.answering(answer)) {
                assertThatThrownBy(() -> http.run(() -> await(http.client.fetch(raw.url("/")))))
                        .as(answer)
                        .isInstanceOf(BrokenResponseException.class);
            }
        }
    }

    @OnBothCarriers
    void oneByteAtATimeIsEnough(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    while (peer.readHead() != null) {
                        for (char c : ok("X: y\r\nContent-Length: 2\r\n").toCharArray()) {
                            peer.write(String.valueOf(c));
                            Thread.yield();
                        }
                        peer.readHead();
                        for (char c : chunked("2\r\nok\r\n0\r\nX-T: 1\r\n\r\n").toCharArray()) {
                            peer.write(String.valueOf(c));
                            Thread.yield();
                        }
                    }
                })) {
            for (int i = 0; i < 4; i++) {
                assertThat(fetch(http, server).text()).isEqualTo("ok");
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void headersBeyondTheLimitAreRefused(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier, options -> options.withMaxHeaderSize(1_024))) {
            for (String big : new String[] {
                "X: " + "a".repeat(1_500) + "\r\n", "X: abcdefgh\r\n".repeat(150), "X".repeat(1_500) + ": a\r\n"
            }) {
                try (WireServer server = first(ok(big + "Content-Length: 2\r\n"))) {
                    assertThatThrownBy(() -> fetch(http, server))
                            .isInstanceOf(BrokenResponseException.class)
                            .hasMessageContaining("larger than 1024 bytes");
                    assertThat(fetch(http, server).text()).isEqualTo("2");
                }
            }
            try (WireServer server = first(ok("X: " + "a".repeat(100) + "\r\nContent-Length: 2\r\n"))) {
                assertThat(fetch(http, server).text()).isEqualTo("ok");
            }
        }
    }

    @OnBothCarriers
    void aResponseThatComesBeforeTheWholeRequestIsTheResponse(Carrier carrier) throws IOException {
        byte[] large = new byte[4 << 20];
        try (var http = new HttpFixture(carrier);
                var server = new WireServer(peer -> {
                    peer.readHead();
                    peer.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
                    peer.awaitEnd(); // takes the rest, so that nothing is reset
                })) {
            FetchResponse response = http.run(() -> await(http.client.fetch(FetchRequest.post(server.url("/"))
                    .body(large)
                    .raiseError(false)
                    .build())));
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).isEqualTo("no");
        }
    }
}
