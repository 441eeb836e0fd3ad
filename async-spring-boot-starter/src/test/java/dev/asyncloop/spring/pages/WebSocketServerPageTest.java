package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.Overflow;
import dev.asyncloop.channel.ReceiveChannel;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.WebSocketMapping;
import dev.asyncloop.spring.websocket.WebSocketConnection;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import dev.asyncloop.spring.websocket.WebSocketHandshake;
import dev.asyncloop.websocket.HandshakeRefusedException;
import dev.asyncloop.websocket.Message;
import dev.asyncloop.websocket.WebSocket;
import dev.asyncloop.websocket.WebSocketClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The snippets of docs/websocket-server.md: compiled here, the same there, and run. */
class WebSocketServerPageTest {

    private static final Path HERE = Path.of("src/test/java/dev/asyncloop/spring/pages/WebSocketServerPageTest.java");

    private static final Path PAGE = Path.of("../docs/websocket-server.md");

    interface Feed {

        boolean isFull();

        ReceiveChannel<String> subscribe();
    }

    static class Feeds {

        CompletionStage<@Nullable Feed> find(String name) {
            if (name.equals("none")) {
                return CompletableFuture.completedFuture(null);
            }
            Topic<String> topic = Topic.create();
            return CompletableFuture.completedFuture(new Feed() {
                @Override
                public boolean isFull() {
                    return name.equals("full");
                }

                @Override
                public ReceiveChannel<String> subscribe() {
                    var subscription = topic.subscribe();
                    topic.publish("news of " + name);
                    topic.close();
                    return subscription;
                }
            });
        }
    }

    @RestController
    static class Handlers {

        private final Map<String, Topic<String>> rooms = new HashMap<>();

        private final Feeds feeds = new Feeds();

        private final WebSocketConnections connections;

        Handlers(WebSocketConnections connections) {
            this.connections = connections;
        }

        @WebSocketMapping("/chat/{room}")
        void chat(@PathVariable String room, WebSocket socket, @Nullable Principal who) {
            Topic<String> topic = rooms.computeIfAbsent(room, name -> Topic.create());
            try (var news = topic.subscribe()) {
                socket.forward(news); // a child coroutine of this connection
                for (String line : socket.texts()) { // one at a time; ends when the client closes
                    topic.publish((who == null ? "somebody" : who.getName()) + ": " + line);
                }
            } // return: closed with 1000; exception: with 1011
        }

        @WebSocketMapping("/feed/{name}")
        @Nullable
        ResponseEntity<String> feed(@PathVariable String name, WebSocketHandshake handshake) {
            Feed feed = await(feeds.find(name));
            if (feed == null) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            if (feed.isFull()) {
                return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("try again later");
            }
            WebSocket socket = handshake.accept(options -> options.withSubprotocols("feed.v2", "feed.v1")
                    .withOutbox(16, Overflow.DROP_OLDEST)); // who is slow gets the newest
            await(socket.forward(feed.subscribe()));
            return null;
        }

        void maintenance() {
            for (WebSocketConnection connection : connections.list()) {
                connection.socket().send("we close in a minute");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here = Files.readString(HERE).replaceAll("\\s+", "");
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1).replaceAll("\\s+", ""))
                .toList();
        assertThat(snippets).hasSize(3).allSatisfy(snippet -> assertThat(here).contains(snippet));
    }

    @Test
    void theyRun() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            String url = "ws://127.0.0.1:" + application.port();
            WebSocketClient client = application.bean(WebSocketClient.class);
            List<String> seen = application.bean(IOLoop.class).runSync(Duration.ofSeconds(20), () -> {
                List<String> all = new ArrayList<>();
                try (WebSocket socket = await(client.connect(url + "/chat/blue"))) {
                    socket.send("hi");
                    all.add(text(socket));
                    application.bean(Handlers.class).maintenance();
                    all.add(text(socket));
                }
                for (String name : List.of("none", "full")) {
                    try (WebSocket socket = await(client.connect(url + "/feed/" + name))) {
                        all.add(text(socket));
                    } catch (HandshakeRefusedException ex) {
                        all.add(String.valueOf(ex.status()));
                    }
                }
                try (WebSocket socket = await(client.connect(url + "/feed/good"))) {
                    for (String line : socket.texts()) {
                        all.add(line);
                    }
                }
                return all;
            });
            assertThat(seen).containsExactly("somebody: hi", "we close in a minute", "404", "503", "news of good");
        }
    }

    private static String text(WebSocket socket) {
        return socket.receive() instanceof Message.Text text ? text.text() : "binary";
    }
}
