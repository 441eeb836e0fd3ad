package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

/** Cases 86 to 89: what goes over the wire. Where Reactor Netty differs from Tornado, the test says how. */
@ExtendWith(SharedApplication.class)
class ServerCasesTest {

    private final TestApplication application;

    ServerCasesTest(TestApplication application) {
        this.application = application;
    }

    private Wire.Answer exchange(String request) throws IOException {
        return Wire.exchange(application.port(), request);
    }

    private Wire connect() throws IOException {
        return new Wire(application.port());
    }

    @Test
    void closeIsClose() throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Wire.Answer answer = wire.answer();
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("close");
            assertThat(answer.body()).isEqualTo("plain");
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void http11IsKeptAlive() throws IOException {
        try (Wire wire = connect()) {
            for (int i = 0; i < 3; i++) {
                wire.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(wire.answer().body()).isEqualTo("plain");
            }
        }
    }

    @Test
    void aLineBreakTooManyBetweenTwoRequestsIsPassedOver() throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("plain");
            wire.send("\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("plain");
        }
    }

    /** Tornado keeps it if it is asked to; Reactor Netty does not. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: Keep-Alive\r\n"})
    void http10IsClosed(String header) throws IOException {
        try (Wire wire = connect()) {
            wire.send("GET /plain HTTP/1.0\r\n" + header + "\r\n");
            assertThat(wire.answer().body()).isEqualTo("plain");
            assertThat(wire.rest()).isEmpty();
        }
    }

    @Test
    void pipelinedRequestsAreHandledOneAfterTheOther() throws IOException {
        Handlers handlers = application.bean(Handlers.class);
        handlers.history.clear();
        try (Wire wire = connect()) {
            StringBuilder requests = new StringBuilder();
            for (String name : List.of("a", "b", "c")) {
                requests.append("GET /step/" + name + " HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            wire.send(requests.toString());
            List<String> bodies = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                bodies.add(wire.answer().body());
            }
            assertThat(bodies).containsExactly("a", "b", "c");
            assertThat(handlers.history)
                    .containsExactly("a begins", "a ends", "b begins", "b ends", "c begins", "c ends");
        }
    }

    @Test
    void aBodyInChunksIsRead() throws IOException {
        assertThat(exchange(
                                "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
                                        + "Content-Type: text/plain\r\n\r\n4\r\n1234\r\n5;ext=1\r\n56789\r\n0\r\nX-Trailer: t\r\n\r\n")
                        .body())
                .isEqualTo("123456789");
    }

    @Test
    void whoExpects100GetsIt() throws IOException {
        try (Wire wire = connect()) {
            wire.send("POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\nContent-Type: text/plain\r\n"
                    + "Expect: 100-continue\r\nConnection: close\r\n\r\n");
            assertThat(wire.answer().statusLine()).startsWith("HTTP/1.1 100 ");
            wire.send("a".repeat(1024));
            assertThat(wire.answer().body()).isEqualTo("Got 1024 bytes in POST");
        }
    }

    @Test
    void aHeadIsAnsweredAsItsGetButWithoutABody() throws IOException {
        try (Wire wire = connect()) {
            wire.send("HEAD /plain HTTP/1.1\r\nHost: x\r\n\r\n");
            Wire.Answer head = wire.answer(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("5");
            wire.send("GET /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("plain");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "asdf\r\n\r\n",
                "GET /plain HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: foo\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1_0\r\n\r\n1234567890",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +10\r\n\r\n1234567890",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
            })
    void whatIsNoRequestIs400AndEndsTheConnection(String request) throws IOException {
        try (Wire wire = connect()) {
            wire.send(request);
            assertThat(wire.rest()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void aChunkWithoutASizeIsRefused() throws IOException {
        try (Wire wire = connect()) {
            wire.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
                    + "1_a\r\n1234567890\r\n0\r\n\r\n");
            assertThat(wire.rest()).doesNotContain(" 200 ");
        }
    }

    @ParameterizedTest
    @CsvSource({"FOO, 405", "'FOO,BAR', 400"})
    void anUnknownMethodIs405AndOneThatIsNoneIs400(String method, int status) throws IOException {
        assertThat(exchange(method + " /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .status())
                .isEqualTo(status);
    }

    @Test
    void aHeadThatIsTooLongIs431AndALineThatIsIs414() throws IOException {
        assertThat(exchange("GET /plain HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(15_000)
                                + "\r\nConnection: close\r\n\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(exchange("GET /plain HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(17_000) + "\r\n\r\n")
                        .status())
                .isEqualTo(431);
        assertThat(exchange("GET /plain?" + "a".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                        .status())
                .isEqualTo(414);
    }

    @Test
    void aBodyThatIsReadAsAWholeHasALimit() throws IOException {
        String request = "POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nConnection: close\r\n";
        assertThat(exchange(request + "Content-Length: 65536\r\n\r\n" + "a".repeat(65_536))
                        .body())
                .isEqualTo("Got 65536 bytes in POST");
        assertThat(exchange(request + "Content-Length: 70000\r\n\r\n" + "a".repeat(70_000))
                        .status())
                .isEqualTo(413);
        assertThat(exchange(request + "Transfer-Encoding: chunked\r\n\r\n11170\r\n" + "a".repeat(70_000)
                                + "\r\n0\r\n\r\n")
                        .status())
                .isEqualTo(413);
    }

    /** What {@code server.forward-headers-strategy=framework} puts in front of everything. */
    private static ServerHttpRequest forwarded(String... headers) {
        MockServerHttpRequest.BaseBuilder<?> request =
                MockServerHttpRequest.get("http://127.0.0.1/").remoteAddress(new InetSocketAddress("127.0.0.1", 1));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return new ForwardedHeaderTransformer().apply(request.build());
    }

    private static @Nullable String address(String... headers) {
        InetSocketAddress address = forwarded(headers).getRemoteAddress();
        return address == null ? null : address.getHostString();
    }

    @Test
    void aProxySaysWhereARequestComesFrom() {
        assertThat(address("X-Forwarded-For", "4.4.4.4")).isEqualTo("4.4.4.4");
        assertThat(address("X-Forwarded-For", "4.4.4.4, 5.5.5.5"))
                .as("the first one; Tornado takes the last that is not trusted")
                .isEqualTo("4.4.4.4");
        assertThat(address("X-Real-IP", "4.4.4.4")).as("not looked at").isEqualTo("127.0.0.1");
        URI https = forwarded("X-Forwarded-Proto", "https", "X-Forwarded-Host", "a.example")
                .getURI();
        assertThat(https).hasToString("https://a.example/");
        assertThat(forwarded("X-Forwarded-For", "4.4.4.4").getHeaders().containsHeader("X-Forwarded-For"))
                .as("nobody behind can take it for more than it is")
                .isFalse();
    }

    @RestController
    @Coroutine
    static class Handlers {

        final List<String> history = new CopyOnWriteArrayList<>();

        @GetMapping(path = "/plain", produces = "text/plain")
        String plain() {
            return "plain";
        }

        @GetMapping("/step/{name}")
        String step(@PathVariable String name) {
            history.add(name + " begins");
            sleep(Duration.ofMillis(20));
            history.add(name + " ends");
            return name;
        }

        @PostMapping(path = "/echo", produces = "text/plain")
        String echo(@RequestBody String body) {
            return body;
        }

        @PostMapping("/length")
        String length(@RequestBody String body) {
            return "Got " + body.length() + " bytes in POST";
        }
    }
}
