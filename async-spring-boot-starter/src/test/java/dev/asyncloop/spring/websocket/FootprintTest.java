package dev.asyncloop.spring.websocket;

import static dev.asyncloop.spring.websocket.Applications.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.websocket.WebSocket;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** A WebSocket lives long, and keeps nothing of the request that it began as: that would be some 5 KB for each. */
class FootprintTest {

    private static final int COUNT = 5;

    @ParameterizedTest
    @EnumSource
    void anIdleWebSocketKeepsNothingOfItsRequest(Carrier carrier) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try (TestApplication application = Applications.start(
                Application.class,
                carrier,
                List.of(
                        "management.observations.enable.http.server.requests=false",
                        "ioloop.websocket.close-wait=300ms"))) {
            for (int i = 0; i < COUNT; i++) {
                clients.add(RawClient.open(application.port(), "/idle/room"));
            }
            until(() -> application.bean(WebSocketConnections.class).count() == COUNT);
            Requests requests = application.bean(Requests.class);
            assertThat(requests.seen).hasSize(2 * COUNT);
            until(() -> {
                System.gc();
                return requests.seen.stream().allMatch(reference -> reference.get() == null);
            });
            assertThat(application.bean(WebSocketConnections.class).count()).isEqualTo(COUNT);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    /** Looks at the requests of WebFlux and of Reactor Netty, and forgets them. */
    @Component
    static class Requests implements WebFilter {

        private final List<WeakReference<Object>> seen = new CopyOnWriteArrayList<>();

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            seen.add(new WeakReference<>(exchange));
            seen.add(new WeakReference<>(ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest())));
            return chain.filter(exchange);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Handlers.class, Requests.class})
    static class Application {}

    @RestController
    static class Handlers {

        @WebSocketMapping("/idle/{room}")
        void idle(@PathVariable String room, WebSocket socket) {
            for (String text : socket.texts()) {
                socket.send(room + text);
            }
        }
    }
}
