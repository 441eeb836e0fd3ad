package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** A server that closes a kept-alive connection when it gets another request on it, without an answer. */
class LostConnectionTest {

    private final List<String> heads = new CopyOnWriteArrayList<>();

    private ScriptedServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = new ScriptedServer(peer -> {
            heads.add(peer.readHead());
            peer.answer("connection " + peer.number);
            heads.add(peer.readHead());
            peer.close();
        });
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    private static String fetch(HttpFixture http, FetchRequest.Builder request) {
        return HttpFixture.outcome(http.client.fetch(request.build())).text();
    }

    @OnBothCarriers
    void whatDoesNoHarmTwiceIsSentAgain(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThat(fetch(http, FetchRequest.get(server.url("/1")))).isEqualTo("connection 1");
            assertThat(fetch(http, FetchRequest.get(server.url("/2")))).isEqualTo("connection 2");
            assertThat(fetch(http, FetchRequest.delete(server.url("/3")))).isEqualTo("connection 3");
            assertThat(heads).hasSize(5);
        }
    }

    @OnBothCarriers
    void whatMayDoHarmTwiceIsNot(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            fetch(http, FetchRequest.get(server.url("/1")));
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.post(server.url("/2")).body("order")))
                    .isInstanceOf(BrokenResponseException.class)
                    .hasMessageContaining("the connection was lost before there was a response")
                    .hasMessageContaining(server.url("/2"));
            assertThat(heads).hasSize(2);
            http.settle();
            assertThat(http.client.active()).isZero();
        }
    }

    @OnBothCarriers
    void aBodyThatIsUsedUpIsNotSentAgain(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var reading = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.answer("connection " + peer.number);
                    peer.readHead();
                    peer.readChunks();
                    peer.close();
                })) {
            AtomicInteger produced = new AtomicInteger();
            BodyProducer producer = out -> out.write("body " + produced.incrementAndGet());
            fetch(http, FetchRequest.get(reading.url("/1")));
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.put(reading.url("/2")).body(producer)))
                    .isInstanceOf(BrokenResponseException.class);
            assertThat(produced).hasValue(1);
        }
    }

    @OnBothCarriers
    void aFreshConnectionThatBreaksIsAFailureAtOnce(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var broken = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.close();
                })) {
            assertThatThrownBy(() -> fetch(http, FetchRequest.get(broken.url("/"))))
                    .isInstanceOfSatisfying(
                            BrokenResponseException.class,
                            failure -> assertThat(failure.phase()).isEqualTo(FetchPhase.RESPONSE));
            assertThat(broken.connections()).isEqualTo(1);
        }
    }

    /** The exception says it all; nobody wants it in the log as well. */
    @OnBothCarriers
    void reactorNettyWarnsOfNothing(Carrier carrier) throws IOException {
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("reactor.netty");
        var appender = new ch.qos.logback.core.read.ListAppender<ch.qos.logback.classic.spi.ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try (var http = new HttpFixture(carrier, options -> options.withMaxHeaderSize(1024));
                var closing = new ScriptedServer(ScriptedServer.Peer::close);
                var reading = new ScriptedServer(ScriptedServer.Peer::readToEnd);
                var nonsense = RawServer.answering("what?\r\n\r\n");
                var large = RawServer.answering("HTTP/1.1 200 OK\r\nX: " + "x".repeat(2000) + "\r\n\r\n");
                var cut = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
                var cutChunks = RawServer.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            for (String url :
                    List.of(closing.url("/"), nonsense.url("/"), large.url("/"), cut.url("/"), cutChunks.url("/"))) {
                assertThatThrownBy(() -> fetch(http, FetchRequest.get(url)))
                        .isInstanceOf(BrokenResponseException.class);
            }
            for (String url : List.of(closing.url("/").replace("http:", "https:"), "http://127.0.0.1:1/")) {
                assertThatThrownBy(() -> fetch(http, FetchRequest.get(url))).isInstanceOf(ConnectFailedException.class);
            }
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.post(closing.url("/")).body(out -> {
                                while (true) {
                                    out.write("more");
                                }
                            })))
                    .isInstanceOf(BrokenResponseException.class);
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.post(reading.url("/")).body(out -> {
                                throw new IllegalStateException("none");
                            })))
                    .hasMessage("none");
            http.settle();
            assertThat(appender.list)
                    .filteredOn(event -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.WARN))
                    .isEmpty();
        } finally {
            logger.detachAppender(appender);
        }
    }

    /** The one who writes a long body notices it, and not the one who reads. */
    @OnBothCarriers
    void aBodyThatCannotBeWrittenAnyMoreIsSentAgain(Carrier carrier) throws IOException {
        byte[] body = new byte[10_000_000];
        try (var http = new HttpFixture(carrier);
                var resetting = new ScriptedServer(peer -> {
                    heads.add(peer.readHead());
                    if (peer.number == 1) {
                        peer.answer("connection 1");
                        heads.add(peer.readHead());
                        peer.reset();
                    } else {
                        peer.read(body.length);
                        peer.answer("connection 2");
                    }
                })) {
            fetch(http, FetchRequest.get(resetting.url("/1")));
            assertThat(fetch(http, FetchRequest.put(resetting.url("/2")).body(body)))
                    .isEqualTo("connection 2");
            assertThat(heads).extracting(head -> head.substring(0, 3)).containsExactly("GET", "PUT", "PUT");
        }
    }

    @OnBothCarriers
    void aBodyThatCannotBeWrittenAnyMoreIsNotSentAgainWhereThatMayDoHarm(Carrier carrier) throws IOException {
        try (var http = new HttpFixture(carrier);
                var resetting = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.answer("connection " + peer.number);
                    peer.readHead();
                    peer.reset();
                })) {
            fetch(http, FetchRequest.get(resetting.url("/1")));
            assertThatThrownBy(() ->
                            fetch(http, FetchRequest.post(resetting.url("/2")).body(new byte[10_000_000])))
                    .isInstanceOf(BrokenResponseException.class)
                    .hasMessageContaining("the connection was lost before there was a response");
            assertThat(resetting.connections()).isEqualTo(1);
        }
    }
}
