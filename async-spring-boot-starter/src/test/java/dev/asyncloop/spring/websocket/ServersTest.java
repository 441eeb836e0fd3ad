package dev.asyncloop.spring.websocket;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.spring.websocket.Applications.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.util.function.Tuple2;
import reactor.util.function.Tuples;

/** The web server around the WebSockets: what else it speaks, where it runs, and its end. */
@ExtendWith(OutputCaptureExtension.class)
class ServersTest {

    @ParameterizedTest
    @EnumSource
    void anEndingApplicationClosesThemWith1001AndLetsHandlersFinish(Carrier carrier, CapturedOutput output)
            throws IOException {
        TestApplication application = Applications.start(Application.class, carrier, List.of());
        Handlers handlers = application.bean(Handlers.class);
        try (RawClient receives = RawClient.open(application.port(), "/receives");
                RawClient pushes = RawClient.open(application.port(), "/pushes");
                RawClient silent = RawClient.open(application.port(), "/receives")) {
            receives.send(RawClient.TEXT, "hello");
            assertThat(receives.read().text()).isEqualTo("hello");
            assertThat(pushes.read().text()).isEqualTo("first");
            Thread closing = Thread.ofPlatform().start(application::close);
            assertThat(receives.readCloseCode()).isEqualTo(1001);
            receives.send(RawClient.CLOSE, new byte[] {0x03, (byte) 0xe9});
            assertThat(pushes.readCloseCode()).isEqualTo(1001);
            pushes.send(RawClient.CLOSE, new byte[] {0x03, (byte) 0xe9});
            assertThat(silent.readCloseCode()).isEqualTo(1001); // and does not answer that
            assertThat(closing.isAlive()).isTrue();
            silent.close();
            join(closing);
        } finally {
            application.close();
        }
        assertThat(handlers.seen).containsExactlyInAnyOrder("farewell", "farewell", "cancelled");
        assertThat(output).doesNotContain("ERROR").doesNotContain("Failed to shut down");
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** All that may stand in the pipeline: HTTP/2, compression of answers, metrics, an idle timeout. */
    @Test
    void aServerThatSpeaksOtherThingsTooServesThemOverHttp1Only() throws IOException {
        try (Applications applications = new Applications(
                Application.class,
                "server.http2.enabled=true",
                "server.compression.enabled=true",
                "server.netty.idle-timeout=1s")) {
            TestApplication application = applications.on(Carrier.EVENT_LOOP);
            applications.run(Carrier.EVENT_LOOP, client -> {
                try (WebSocket socket = await(client.connect(Applications.url(application, "/receives")))) {
                    for (String text : List.of("one", "two".repeat(10_000))) {
                        socket.send(text);
                        assertThat(socket.receive()).isEqualTo(Message.of(text));
                    }
                    Async.sleep(Duration.ofMillis(1500)); // longer than a connection may be idle
                    socket.send("three");
                    assertThat(socket.receive()).isEqualTo(Message.of("three"));
                }
                return null;
            });
            Tuple2<Integer, String> answer = HttpClient.create()
                    .protocol(HttpProtocol.H2C)
                    .get()
                    .uri("http://127.0.0.1:" + application.port() + "/receives")
                    .responseSingle((response, body) -> body.asString()
                            .defaultIfEmpty("")
                            .zipWith(Mono.just(response.status().code()), (text, status) -> Tuples.of(status, text)))
                    .block(Duration.ofSeconds(20));
            assertThat(answer.getT1()).isEqualTo(400);
            assertThat(answer.getT2()).contains("/receives");
        }
    }

    @Test
    void theServersOwnMetricsAndLogSeeTheHandshakeAndTheEnd() throws IOException {
        try (Applications applications = new Applications(Measured.class)) {
            TestApplication application = applications.on(Carrier.EVENT_LOOP);
            try (RawClient client = RawClient.open(application.port(), "/receives")) {
                client.send(RawClient.TEXT, "hello");
                assertThat(client.read().text()).isEqualTo("hello");
                assertThat(open()).isEqualTo(1);
                assertThat(Measured.statuses).containsExactly("101");
            }
            until(() -> open() == 0);
        } finally {
            Metrics.removeRegistry(Measured.registry);
        }
    }

    /** In a registry of its own: what the global one shows is that of any application of this JVM. */
    private static double open() {
        return Measured.registry.find("reactor.netty.http.server.connections.total").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void aServerOffTheLoopServesThemAsWell(Carrier carrier) throws IOException {
        try (TestApplication application =
                        Applications.start(Application.class, carrier, List.of("ioloop.web.enabled=false"));
                RawClient client = RawClient.open(application.port(), "/receives")) {
            for (int i = 0; i < 100; i++) {
                client.send(RawClient.TEXT, "text " + i);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(client.read().text()).isEqualTo("text " + i);
            }
            client.reset();
            until(() -> application.bean(WebSocketConnections.class).count() == 0);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Measured {

        static final List<String> statuses = Collections.synchronizedList(new ArrayList<>());

        static final SimpleMeterRegistry registry = new SimpleMeterRegistry();

        @Bean
        NettyServerCustomizer measured() {
            Metrics.addRegistry(registry);
            return server -> server.metrics(true, uri -> uri).accessLog(true, arguments -> {
                statuses.add(String.valueOf(arguments.status()));
                return null;
            });
        }
    }

    @RestController
    static class Handlers {

        final List<String> seen = Collections.synchronizedList(new ArrayList<>());

        @WebSocketMapping("/receives")
        void receives(WebSocket socket) {
            for (String text : socket.texts()) {
                socket.send(text);
            }
            Async.sleep(Duration.ofMillis(50));
            seen.add("farewell");
        }

        @WebSocketMapping("/pushes")
        void pushes(WebSocket socket) {
            try {
                socket.send("first");
                await(new CompletableFuture<String>());
            } finally {
                seen.add("cancelled");
            }
        }
    }
}
