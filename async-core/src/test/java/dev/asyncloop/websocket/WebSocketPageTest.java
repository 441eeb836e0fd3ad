package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Overflow;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.pages.PageSnippets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/websocket.md}: compiled here, and the same there. */
class WebSocketPageTest {

    private final List<String> handled = new ArrayList<>();

    private void handle(String line) {
        handled.add(line);
    }

    void follow(WebSocketClient client, String url) {
        try (WebSocket socket = await(client.connect(url))) {
            socket.send("subscribe");
            for (String line : socket.texts()) { // each step waits; ends when the peer closes
                handle(line);
            }
        }
    }

    static WebSocketClient create(IOLoop loop) {
        WebSocketClient client = WebSocketClient.create(
                loop,
                WebSocketOptions.defaults()
                        .withHeader("Authorization", "Bearer 123")
                        .withSubprotocols("chat.v2", "chat.v1")
                        .withCompression(Compression.ON));
        return client;
    }

    void chat(WebSocket socket, Topic<String> room) {
        try (var news = room.subscribe()) {
            socket.forward(news); // a child coroutine, which sends what is published
            for (String line : socket.texts()) {
                room.publish(line);
            }
        }
    }

    static WebSocketOptions liveData(WebSocketClient client) {
        WebSocketOptions options = client.options().withOutbox(16, Overflow.DROP_OLDEST);
        return options;
    }

    static String orElse(WebSocketClient client, String url) {
        try (WebSocket socket = await(client.connect(url))) {
            Message first = socket.receive(Duration.ofSeconds(5));
            return first instanceof Message.Text text ? text.text() : "binary";
        } catch (HandshakeRefusedException ex) {
            return "status " + ex.status() + ": " + ex.text();
        } catch (WebSocketClosedException ex) {
            return "closed with " + ex.status();
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown("docs/websocket.md", 5, WebSocketPageTest.class);
    }

    @OnBothCarriers
    void theSnippetsDoWhatThePageSays(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<?> following = ws.loop.spawn(() -> follow(ws.client, peer.url()));
            RawPeer.Link link = peer.open();
            assertThat(link.read(RawPeer.TEXT).text()).isEqualTo("subscribe");
            link.send(RawPeer.TEXT, "news");
            link.sendClose(1000, "");
            WebSocketFixture.outcome(following);
            assertThat(handled).containsExactly("news");

            Task<?> chatting = ws.loop.spawn(
                    () -> chat(await(ws.client.connect(peer.url(), liveData(ws.client))), Topic.create()));
            RawPeer.Link chat = peer.open();
            chat.send(RawPeer.TEXT, "hello, all");
            assertThat(chat.read(RawPeer.TEXT).text()).isEqualTo("hello, all");
            chat.sendClose(1000, "");
            WebSocketFixture.outcome(chatting);

            Task<String> refused = ws.loop.spawn(() -> orElse(ws.client, peer.url()));
            peer.accept().write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nwho");
            assertThat(WebSocketFixture.outcome(refused)).isEqualTo("status 401: who");
            Task<String> closed = ws.loop.spawn(() -> orElse(ws.client, peer.url()));
            peer.open().sendClose(4000, "bad");
            assertThat(WebSocketFixture.outcome(closed)).isEqualTo("closed with 4000 (bad)");

            try (WebSocketClient client = create(ws.loop)) {
                client.connect(peer.url());
                RawPeer.Link asked = peer.accept();
                assertThat(asked.header("Authorization")).isEqualTo("Bearer 123");
                assertThat(asked.header("Sec-WebSocket-Protocol")).isEqualTo("chat.v2, chat.v1");
            }
        }
    }
}
