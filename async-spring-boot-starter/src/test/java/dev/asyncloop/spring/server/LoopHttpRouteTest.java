package dev.asyncloop.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.server.LoopHttpRouteApplication.Application;
import dev.asyncloop.spring.server.LoopHttpRouteApplication.Around;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.Compression;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServer;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.util.unit.DataSize;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * A request whose URI is known is answered byte for byte as by Spring's own adapter in front of the same application, and as the
 * first one with its URI.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoopHttpRouteTest {

    private static final Pattern VARIES = Pattern.compile("(?i)(date: |expires=|SESSION=)[^\r\n;\\]]+");

    private static final Pattern LOGGERS = Pattern.compile("org\\.springframework\\.|reactor\\.netty\\.");

    private static final Pattern ID = Pattern.compile("\\[[0-9a-f]{8}[-0-9/]*|127\\.0\\.0\\.1:\\d+");

    private TestApplication application;

    /** Spring's own adapter, with the same handler. */
    private WebServer springs;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file.txt"), "a file. ".repeat(500));
        application = TestApplication.start(
                Application.class,
                "test.file=" + file,
                "server.http2.enabled=true",
                "server.compression.enabled=true",
                "spring.web.error.include-message=always",
                "spring.web.error.include-stacktrace=never");
        springs = springs(application, false);
    }

    @AfterAll
    void end() {
        springs.stop();
        application.close();
    }

    private static WebServer springs(TestApplication application, boolean forwarded) {
        NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(0);
        factory.setAddress(InetAddress.getLoopbackAddress());
        factory.setResourceFactory(application.bean(ReactorResourceFactory.class));
        factory.setUseForwardHeaders(forwarded);
        Http2 http2 = new Http2();
        http2.setEnabled(true);
        factory.setHttp2(http2);
        Compression compression = new Compression();
        compression.setEnabled(true);
        compression.setMinResponseSize(DataSize.ofKilobytes(2));
        factory.setCompression(compression);
        application
                .context()
                .getBeanProvider(NettyServerCustomizer.class)
                .orderedStream()
                .forEach(factory::addServerCustomizers);
        WebServer server = factory.getWebServer(application.bean(HttpHandler.class));
        server.start();
        return server;
    }

    /** Sends all that is given on one connection and reads to its end. */
    private static String send(int port, String requests) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(String target, String... headers) {
        return request("GET", target, headers);
    }

    private static String request(String method, String target, String... headers) {
        StringBuilder all = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (Arrays.stream(headers).noneMatch(header -> header.startsWith("Host:"))) {
            all.append("Host: parity.example\r\n");
        }
        for (String header : headers) {
            all.append(header).append("\r\n");
        }
        return all + "Connection: close\r\n\r\n";
    }

    private void compare(String... requests) throws IOException {
        compare(application, springs, requests);
    }

    private static void compare(TestApplication application, WebServer springs, String... requests) throws IOException {
        SoftAssertions all = new SoftAssertions();
        for (String request : requests) {
            List<String> expected = outcome(application, springs.getPort(), request);
            all.assertThat(expected.getFirst()).as(request).startsWith("HTTP/1.");
            for (String time : List.of("first", "second", "third")) {
                all.assertThat(outcome(application, application.port(), request))
                        .as("%s, the %s time", request, time)
                        .isEqualTo(expected);
            }
        }
        all.assertAll();
    }

    /** Returns the answer, and then what is logged as a warning or an error. */
    private static List<String> outcome(TestApplication application, int port, String request) throws IOException {
        List<String> all = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> log = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.WARN)
                        && LOGGERS.matcher(event.getLoggerName()).lookingAt()) {
                    all.add(ID.matcher(event.getLoggerName() + ": " + event.getFormattedMessage())
                            .replaceAll("some"));
                }
            }
        };
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        try {
            all.addFirst(same(send(port, request)));
            application.bean(IOLoop.class).runSync(() -> null); // and with that it has said what it has to say
        } finally {
            root.detachAppender(log);
        }
        return all;
    }

    private static String same(String answer) {
        return VARIES.matcher(answer).replaceAll("$1some");
    }

    // ---- in place

    @Test
    void aKnownUriHasARequestOfOurOwn() throws IOException {
        send(application.port(), get("/kind?in-place"));
        assertThat(send(application.port(), get("/kind?in-place"))).endsWith("ServedRequest ServedResponse");
        assertThat(send(springs.getPort(), get("/kind?in-place")))
                .endsWith("ReactorServerHttpRequest ReactorServerHttpResponse");
    }

    @Test
    void andAroundItIsOneObjectOfOurOwn() throws IOException {
        send(application.port(), get("/awaited"));
        assertThat(application.bean(Around.class).classes)
                .contains("dev.asyncloop.spring.web.ServedExchange")
                .noneMatch(name -> name.startsWith("reactor.core.publisher.FluxTap"));
    }

    /** What that puts around a handler would not be around the route's. */
    @Test
    void aServerOfAnotherKindHasNoSuchRoute() {
        List<NettyRouteProvider> added = new ArrayList<>();
        LoopHttpRoute route = application.bean(LoopHttpRoute.class);
        route.customize(new NettyReactiveWebServerFactory() {
            @Override
            public void addRouteProviders(NettyRouteProvider... routes) {
                added.addAll(List.of(routes));
            }
        });
        assertThat(added).isEmpty();
    }

    // ---- the tables

    @Test
    void whatIsSeenOfARequest() throws IOException {
        compare(
                get("/echo"),
                get("/echo?a=1&a=2&b"),
                get("/echo?a=%20%C3%A9+x"),
                get("/echo?a=[1]"),
                get("/echo?a={1}"),
                get("/echo?a=b|c"),
                get("/echo;m=1"),
                get("//echo"),
                get("/echo/../echo"),
                get("/echo?"),
                get("/echo#fragment"),
                get("/%zz"),
                get("http://other.example:81/echo?a=1"),
                get("http://other.example"),
                get("echo"),
                get("*"),
                request("OPTIONS", "*"),
                request("OPTIONS", "/echo"),
                get("/echo", "Host: other.example"),
                get("/echo", "Host: other.example:8080"),
                get("/echo", "Host: other.example:80"),
                get("/echo", "Host: [::1]:8080"),
                get("/echo", "Host: [::1]"),
                get("/echo", "Host: a b"),
                get("/echo", "Host: ä"),
                get("/echo", "Host: x%20y"),
                get("/echo", "Host:"),
                get("/echo", "Cookie: a=1; b=2; a=3", "Cookie: c=\"4\"", "Cookie: B=5"),
                get("/echo", "Cookie: none"),
                get("/echo", "X-Many: 1", "X-Many: 2", "x-many: 3"),
                get("/echo", "X-Forwarded-Host: elsewhere", "X-Forwarded-Prefix: /p", "X-Forwarded-Proto: https"),
                get("/echo", "Accept-Language: fr-CH"),
                request("HEAD", "/echo"),
                request("HEAD", "/stream"),
                request("get", "/echo"),
                request("head", "/echo"),
                request("DELETE", "/echo"),
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\nbody",
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
                "GET /echo HTTP/1.0\r\n\r\n",
                "GET /echo HTTP/1.0\r\nHost: x\r\n\r\n",
                "GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n",
                "GET /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?second HTTP/1.1\r\nHost: x\r\n\r\n"
                        + "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    @Test
    void whatIsAnswered() throws IOException {
        compare(
                get("/awaited"),
                request("HEAD", "/awaited"),
                get("/nobody"),
                get("/nothing"),
                get("/cookies"),
                get("/awaited-cookies"),
                get("/session"),
                get("/awaited-session"),
                get("/status"),
                get("/fails"),
                get("/awaited-fails"),
                get("/stream"),
                get("/stream-fails"),
                get("/events"),
                get("/file"),
                get("/file", "Range: bytes=10-19"),
                get("/file", "Range: bytes=99999-"),
                get("/large", "Accept-Encoding: gzip"),
                get("/large"),
                get("/awaited-large", "Accept-Encoding: gzip"),
                get("/awaited", "X-Mapped: 1"),
                get("/echo", "X-Mapped: 1"));
    }

    @Test
    void whatFailsBeforeItIsAnswered() throws IOException {
        compare(
                get("/before-fails"),
                get("/awaited-before-fails"),
                get("/before-throws"),
                get("/before-changes"),
                get("/awaited-before-changes"),
                get("/wrong-cookie"),
                get("/awaited-wrong-cookie"),
                get("/cookie-of-another-name"),
                get("/late-cookie"),
                get("/late-header"));
    }

    @Test
    void aUriIsKnownForItsOwnHostAndPortOnly() throws IOException {
        String[] hosts = {"a", "b", "a:81", "b:81", "a:80", "A", "a.b", "[::1]", "[::1]:81"};
        for (int i = 0; i < 3; i++) {
            for (String host : hosts) {
                String request = get("/echo", "Host: " + host);
                assertThat(same(send(application.port(), request))).isEqualTo(same(send(springs.getPort(), request)));
            }
        }
    }

    @Test
    void twoUrisThatHashAlikeAreTwo() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(send(application.port(), get("/echo?Aa")))
                    .contains("/echo?Aa")
                    .doesNotContain("BB");
            assertThat(send(application.port(), get("/echo?BB")))
                    .contains("/echo?BB")
                    .doesNotContain("Aa");
        }
    }

    @Test
    void eachRequestHasAnIdOfItsOwn() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            id(socket, "/id?known");
            long known = number(id(socket, "/id?known"));
            long unknown = number(id(socket, "/id?unknown"));
            Set<String> all = new HashSet<>();
            int count = 0;
            for (long i = 0; i <= Math.abs(known - unknown) + 2; i++) {
                all.add(id(socket, known < unknown ? "/id?known" : "/id?new" + i));
                count++;
                if (i % 50 == 0) {
                    all.add(id(socket, known < unknown ? "/id?one-more" + i : "/id?known"));
                    count++;
                }
            }
            assertThat(all).hasSize(count);
        }
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    private static String id(Socket socket, String target) throws IOException {
        socket.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("</id>")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The connection ended after " + answer);
            }
            answer.append((char) next);
        }
        return answer.substring(answer.indexOf("<id>") + 4, answer.length() - 5);
    }

    @Test
    void http2() {
        HttpClient client = HttpClient.create().protocol(HttpProtocol.H2C);
        List<String> answers = new ArrayList<>();
        for (int port : new int[] {springs.getPort(), application.port(), application.port(), application.port()}) {
            for (String path : List.of("/echo?h2", "/awaited", "/stream", "/fails", "/cookies", "/large", "/file")) {
                answers.add(client.headers(headers -> headers.set("Host", "parity.example"))
                        .get()
                        .uri("http://127.0.0.1:" + port + path)
                        .responseSingle((response, body) ->
                                body.asString().defaultIfEmpty("").map(text -> whole(response, text)))
                        .block(Duration.ofSeconds(20)));
            }
        }
        int count = answers.size() / 4;
        for (int i = 1; i < 4; i++) {
            assertThat(answers.subList(i * count, (i + 1) * count)).isEqualTo(answers.subList(0, count));
        }
        assertThat(answers.getFirst()).startsWith("HTTP/2.0 200 OK");
    }

    private static String whole(HttpClientResponse response, String body) {
        HttpHeaders headers = response.responseHeaders();
        return same(response.version() + " " + response.status() + " " + headers.get("content-type") + " "
                + headers.get("content-length") + " " + headers.getAll("set-cookie") + " " + body);
    }

    @Test
    void routesOfOnesOwnComeFirst() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThat(send(application.port(), get("/routed"))).contains("routed by a route");
            assertThat(send(application.port(), get("/routed-late"))).contains("routed by a late route");
        }
    }

    @Test
    void aDecoratorOfOnesOwnIsAroundAll() throws IOException {
        for (int i = 0; i < 2; i++) {
            assertThat(send(application.port(), get("/nobody"))).containsIgnoringCase("X-Decorated: 1");
        }
    }

    @Test
    void whatIsBehindAProxyIsKnownAsThatSaysIt() throws IOException {
        try (TestApplication behind = TestApplication.start(
                Application.class,
                "test.file=none",
                "server.forward-headers-strategy=native",
                "spring.main.lazy-initialization=true",
                "spring.webflux.base-path=/base",
                "server.compression.enabled=true",
                "server.http2.enabled=true")) {
            send(behind.port(), get("/base/kind")); // and so all is there that is not until it is needed
            WebServer springsOwn = springs(behind, true);
            try {
                for (int i = 0; i < 2; i++) {
                    compare(
                            behind,
                            springsOwn,
                            get("/base/echo", "X-Forwarded-Prefix: /prefix"),
                            get("/base/echo"),
                            get("/base/echo", "X-Forwarded-Prefix: /other"),
                            get("/base/echo", "X-Forwarded-Prefix:"),
                            get("/base/echo", "X-Forwarded-Proto: https"),
                            get("/base/echo", "X-Forwarded-Host: elsewhere:81"),
                            get("/base/echo", "X-Forwarded-Host: elsewhere", "X-Forwarded-Port: 82"),
                            get("/base/echo", "X-Forwarded-For: 1.2.3.4"),
                            get("/base/echo", "Forwarded: for=1.2.3.4;host=there;proto=https"),
                            get("/echo", "X-Forwarded-Prefix: /base"),
                            get("/echo"));
                }
                send(behind.port(), get("/base/kind"));
                assertThat(send(behind.port(), get("/base/kind")))
                        .endsWith("MutatedServerHttpRequest ServedResponse"); // with its path within the application
            } finally {
                springsOwn.stop();
            }
        }
    }

    @Test
    void aPrefixThatMakesNoSenseIsAFailureLikeAnyOther() throws IOException {
        try (TestApplication behind =
                TestApplication.start(Application.class, "test.file=none", "server.forward-headers-strategy=native")) {
            for (String method : List.of("GET", "POST")) {
                for (int i = 0; i < 2; i++) {
                    assertThat(send(behind.port(), request(method, "/echo", "X-Forwarded-Prefix: /a?b")))
                            .as(method)
                            .startsWith("HTTP/1.1 500");
                }
            }
        }
    }

    @Test
    void whatADecoratorSaysOfARequestCountsAlsoWhereTheBodyHasALimit() throws IOException {
        for (String method : List.of("GET", "POST")) {
            for (int i = 0; i < 2; i++) {
                assertThat(send(application.port(), request(method, "/echo", "X-Query: added")))
                        .as(method)
                        .contains("query {added=1}");
            }
        }
    }

    @Test
    void aManagementPortOfItsOwnHasItsOwnHandler() throws IOException {
        try (TestApplication managed = TestApplication.start(
                Application.class,
                "test.file=none",
                "server.forward-headers-strategy=framework",
                "management.server.address=127.0.0.1",
                "management.server.port=0")) {
            int port = managed.context().getEnvironment().getRequiredProperty("local.management.port", int.class);
            for (int i = 0; i < 2; i++) {
                assertThat(send(port, get("/actuator/health"))).startsWith("HTTP/1.1 200");
                assertThat(send(port, get("/kind"))).startsWith("HTTP/1.1 404");
                assertThat(send(managed.port(), get("/actuator/health"))).startsWith("HTTP/1.1 404");
                assertThat(send(managed.port(), get("/echo", "X-Forwarded-Prefix: /prefix")))
                        .contains("http://parity.example/prefix/echo context /prefix");
                assertThat(send(managed.port(), get("/echo"))).contains("http://parity.example/echo context  ");
            }
        }
    }

    @Test
    void overTlsEachRequestHasItsSession(@TempDir Path directory) throws Exception {
        Path store = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "password")
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        try (TestApplication secured = TestApplication.start(
                Application.class,
                "test.file=none",
                "server.forward-headers-strategy=native",
                "server.http2.enabled=true",
                "server.ssl.key-store=" + store.toUri(),
                "server.ssl.key-store-password=password")) {
            for (HttpProtocol protocol : List.of(HttpProtocol.HTTP11, HttpProtocol.H2)) {
                GenericSslContextSpec<SslContextBuilder> trusting = protocol == HttpProtocol.H2
                        ? Http2SslContextSpec.forClient()
                        : Http11SslContextSpec.forClient();
                trusting.configure(builder -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE));
                HttpClient client = HttpClient.create().protocol(protocol).secure(tls -> tls.sslContext(trusting));
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get()
                                    .uri("https://localhost:" + secured.port() + "/echo")
                                    .responseContent()
                                    .aggregate()
                                    .asString()
                                    .block(Duration.ofSeconds(20)))
                            .contains("GET https://localhost:" + secured.port() + "/echo context")
                            .contains("TLS org.springframework.http.server.reactive.DefaultSslInfo");
                }
            }
        }
    }

    @Test
    void whereOursIsSwitchedOffThereIsSpringsOwn() {
        try (TestApplication off =
                TestApplication.start(Application.class, "test.file=none", "ioloop.web.enabled=false")) {
            assertThat(off.context().getBeanProvider(LoopHttpRoute.class).getIfAvailable())
                    .isNull();
            for (int i = 0; i < 2; i++) {
                assertThat(off.get("/kind").getBody()).isEqualTo("ReactorServerHttpRequest ReactorServerHttpResponse");
            }
        }
    }
}
