package dev.asyncloop.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages of {@code docs/troubleshooting.md} that no test of a feature provokes. */
class ClientMessagesTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

    private static ScriptedServer answering(String answer) throws IOException {
        return new ScriptedServer(peer -> {
            peer.readHead();
            peer.write(answer);
        });
    }

    @OnBothCarriers
    void anObserverThatFailsIsLoggedAndTheFetchGoesOn(Carrier carrier) throws IOException {
        try (CapturedLog log = new CapturedLog();
                var server = answering(HEAD + "Content-Length: 5\r\n\r\nhello");
                var http = new HttpFixture(
                        carrier,
                        options -> options.withObserver((request, headers) -> failure -> {
                            throw new IllegalStateException("no registry");
                        }))) {
            assertThat(http.run(() -> await(http.client.fetch(server.url("/"))).text()))
                    .isEqualTo("hello");
            http.settle();
            assertThat(log.messages()).anyMatch(line -> line.startsWith("Exception in the observer of GET http://"));
        }
    }

    @OnBothCarriers
    void anEventThatIsTooLargeIsAnError(Carrier carrier) throws IOException {
        try (var server = answering(HEAD + "Content-Type: text/event-stream\r\n\r\n"
                        + ("data: " + "x".repeat(60) + "\n").repeat(3));
                var http = new HttpFixture(carrier, options -> options.withMaxBodySize(100))) {
            assertThatThrownBy(() -> http.run(() -> {
                        try (EventSource events = http.client.events(
                                FetchRequest.get(server.url("/")).build())) {
                            return events.iterator().next();
                        }
                    }))
                    .isInstanceOf(BodyTooLargeException.class)
                    .hasMessageContaining("an event is larger than 100 characters; raise maxBodySize");
        }
    }

    @OnBothCarriers
    void aBodyIsNotWrittenToAfterItsProducerHasReturned(Carrier carrier) throws IOException {
        CompletableFuture<BodyWriter> kept = new CompletableFuture<>();
        try (var server = new ScriptedServer(ScriptedServer.Peer::readHead); // and no answer
                var http = new HttpFixture(carrier)) {
            http.client.fetch(
                    FetchRequest.post(server.url("/")).body(kept::complete).build());
            BodyWriter writer = HttpFixture.outcome(kept);
            http.settle();
            assertThatThrownBy(() -> http.run(() -> {
                        writer.write("late");
                        return null;
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("The body was written to after its producer had returned");
        }
    }

    @OnBothCarriers
    void aBodyHasOneReaderAtATime(Carrier carrier) throws IOException {
        try (var server = new ScriptedServer(peer -> {
                    peer.readHead();
                    peer.write(HEAD + "Content-Length: 5\r\n\r\n");
                });
                var http = new HttpFixture(carrier)) {
            assertThatThrownBy(() -> http.run(() -> {
                        FetchStream stream = await(http.client.stream(
                                FetchRequest.get(server.url("/")).build()));
                        Iterator<byte[]> pieces = stream.chunks().iterator();
                        Async.spawn("first", pieces::hasNext);
                        Async.yieldNow();
                        return pieces.hasNext();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is being read by somebody else; a body has one reader at a time");
        }
    }

    @OnBothCarriers
    void anEventLoopIsNotBlockedByWhoReads(Carrier carrier) throws Exception {
        try (var server = answering(HEAD + "Content-Length: 5\r\n\r\n"); // and nothing of it
                var http = new HttpFixture(carrier);
                FetchStream stream = HttpFixture.outcome(
                        http.client.stream(FetchRequest.get(server.url("/")).build()));
                InputStream in = stream.inputStream()) {
            assertThat(http.loop.eventLoopGroup().submit(() -> messageOf(in)).get(20, TimeUnit.SECONDS))
                    .contains("Reading ", " would block ", ", an event loop; read it in a coroutine");
        }
    }

    private static String messageOf(InputStream in) throws IOException {
        try {
            return "read " + in.read();
        } catch (IllegalStateException ex) {
            return String.valueOf(ex.getMessage());
        }
    }

    @SuppressWarnings("rawtypes")
    private static final class Raw extends TypeRef {}

    @Test
    void aTypeRefNeedsItsType() {
        assertThatThrownBy(Raw::new).hasMessage("A TypeRef needs its type: write `new TypeRef<List<Quote>>() {}`");
    }
}
