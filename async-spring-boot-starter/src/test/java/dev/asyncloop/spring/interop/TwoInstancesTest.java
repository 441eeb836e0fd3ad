package dev.asyncloop.spring.interop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.channel.Subscription;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.api.reactive.RedisPubSubReactiveCommands;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

/** The page on scaling: two instances behind the nginx of the page, and its relay between them. */
@Timeout(180)
class TwoInstancesTest {

    private static final Path PAGE = Path.of("../docs/scaling.md");

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/spring/interop/TwoInstancesTest.java");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int SOCKETS = 20;

    @TempDir
    private Path folder;

    @Component
    static class News {

        private final IOLoop loop;

        private final RedisAsyncCommands<String, String> redis;

        private final RedisPubSubReactiveCommands<String, String> incoming;

        private final Topic<String> topic = Topic.create();

        private @Nullable Task<?> relay;

        News(IOLoop loop, RedisClient client) {
            this.loop = loop;
            this.redis = client.connect().async();
            this.incoming = client.connectPubSub().reactive();
        }

        Subscription<String> subscribe() {
            return topic.subscribe();
        }

        void publish(String text) {
            await(redis.publish("news", text));
        }

        @EventListener(ApplicationReadyEvent.class)
        void start() {
            relay = loop.spawn("relay", this::relay);
        }

        private void relay() {
            await(incoming.subscribe("news"));
            try (var messages = Channel.from(incoming.observeChannels(), 256)) {
                for (var message : messages) {
                    topic.publish(message.getMessage());
                }
            }
        }

        @EventListener(ContextClosedEvent.class)
        void stop() {
            if (relay != null) {
                relay.cancel(false); // or the end of the application would wait for it, as for all coroutines
            }
        }
    }

    @RestController
    static class NewsController {

        private final News news;

        NewsController(News news) {
            this.news = news;
        }

        @WebSocketMapping("/news")
        void news(WebSocket socket) {
            try (var subscription = news.subscribe()) {
                socket.forward(subscription);
                for (String line : socket.texts()) {
                    news.publish(line);
                }
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({News.class, NewsController.class})
    static class Application {

        @Bean
        WebFilter instance() {
            return (exchange, chain) -> {
                InetSocketAddress local = exchange.getRequest().getLocalAddress();
                exchange.getResponse().getHeaders().set("Instance", String.valueOf(local.getPort()));
                return chain.filter(exchange);
            };
        }

        @Bean(destroyMethod = "shutdown")
        RedisClient redisClient(@Value("${redis.port}") int port) {
            return RedisClient.create(RedisURI.create("127.0.0.1", port));
        }
    }

    @Test
    void thePageShowsTheRelayThatIsTestedHere() throws IOException {
        String here = squeeze(Files.readString(HERE));
        assertThat(blocks("java")).singleElement().satisfies(code -> {
            for (String type : code.split("(?m)^(?=@)")) {
                assertThat(here).contains(squeeze(type));
            }
        });
    }

    @Test
    void webSocketsAreSpreadOverBothAndHearEachOther() throws Exception {
        try (Program redis = Program.redis(folder);
                TestApplication one = start(redis);
                TestApplication other = start(redis);
                Program nginx = Program.nginx(folder, blocks("nginx").getFirst(), one.port(), other.port());
                IOLoop loop = IOLoop.create();
                WebSocketClient client = WebSocketClient.create(loop)) {
            String url = "ws://127.0.0.1:" + nginx.port() + "/news";
            loop.runSync(LIMIT, () -> {
                List<WebSocket> sockets = open(client, url, SOCKETS);
                awaitConnections(one, SOCKETS / 2);
                awaitConnections(other, SOCKETS / 2);

                for (WebSocket speaker : List.of(sockets.getFirst(), sockets.getLast())) {
                    Message said = Message.of("from " + sockets.indexOf(speaker));
                    speaker.send(said);
                    for (WebSocket socket : sockets) {
                        assertThat(socket.receive()).isEqualTo(said);
                    }
                }

                await(loop.runInExecutor(
                        () -> { // a restart: its clients come back, and find the other
                            one.close();
                            return null;
                        }));
                for (WebSocket socket : sockets) {
                    if (wasOn(socket, one.port())) {
                        assertThat(socket.awaitClosed().code()).isEqualTo(1001);
                    }
                }
                open(client, url, SOCKETS / 2);
                awaitConnections(other, SOCKETS);
                return null;
            });
        }
    }

    /** The instance says its port in the answer to the handshake. */
    private static boolean wasOn(WebSocket socket, int port) {
        return String.valueOf(port).equals(socket.headers().first("Instance"));
    }

    /** An instance counts a connection right after it has answered the handshake. */
    private static void awaitConnections(TestApplication instance, int expected) {
        WebSocketConnections connections = instance.bean(WebSocketConnections.class);
        while (connections.count() != expected) { // for as long as the whole test may take
            sleep(Duration.ofMillis(10));
        }
    }

    private static List<WebSocket> open(WebSocketClient client, String url, int count) {
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(await(client.connect(url)));
        }
        return sockets;
    }

    private static TestApplication start(Program redis) {
        return TestApplication.start(Application.class, "redis.port=" + redis.port());
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher found = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        return found.results().map(block -> block.group(1)).toList();
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "").replace("staticclass", "class");
    }
}
