package dev.asyncloop.websocket;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Overflow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Many receive and send, and are cancelled or run out of time at any moment: each message is received once, or sent once. */
class GivingUpTest {

    private static final int RECEIVED = 10_000;

    private static final int SENT = 2_000;

    /** Runs a body that may be cancelled, or whose limit may pass, while it waits or when it has just been woken. */
    private static void impatiently(Random random, Callable<?> body) {
        Duration patience = Duration.ofNanos(random.nextInt(200_000));
        try {
            if (random.nextBoolean()) {
                Async.withTimeout(patience, body);
            } else {
                Task<?> child = Async.spawn(body);
                Async.sleep(patience);
                child.cancel(random.nextBoolean());
                await(child);
            }
        } catch (AsyncTimeoutException | CancellationException ex) {
            // it has given up
        }
    }

    @OnBothCarriers
    void eachMessageIsReceivedOnce(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(carrier)) {
            Task<List<String>> all = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                List<String> seen = new ArrayList<>();
                List<Task<?>> receivers = new ArrayList<>();
                for (int seed = 0; seed < 5; seed++) {
                    Random random = new Random(seed);
                    receivers.add(Async.spawn(() -> {
                        while (seen.size() < RECEIVED) {
                            impatiently(random, () -> {
                                Message message = random.nextBoolean()
                                        ? socket.receive()
                                        : socket.receive(Duration.ofNanos(50_000));
                                return seen.add(((Message.Text) message).text());
                            });
                        }
                        return null;
                    }));
                }
                Async.gather(receivers);
                return seen;
            });
            RawPeer.Link link = peer.open();
            Random random = new Random(5);
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = 0; i < RECEIVED; i++) {
                frames.writeBytes(RawPeer.Link.frame(0x81, String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
                if (random.nextInt(20) == 0 || i == RECEIVED - 1) {
                    link.write(frames.toByteArray());
                    frames.reset();
                }
            }
            assertThat(WebSocketFixture.outcome(all))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, RECEIVED)
                            .mapToObj(String::valueOf)
                            .toList());
        }
    }

    @OnBothCarriers
    void whatASenderHasSentGoesOutOnceAndNothingElse(Carrier carrier) throws IOException {
        try (var peer = new RawPeer();
                var ws = new WebSocketFixture(
                        carrier,
                        options -> options.withOutbox(2, Overflow.SUSPEND).withoutPing())) {
            Task<List<Integer>> all = ws.loop.spawn(() -> {
                WebSocket socket = await(ws.client.connect(peer.url()));
                List<Integer> sent = new ArrayList<>();
                List<Task<?>> senders = new ArrayList<>();
                for (int seed = 0; seed < 4; seed++) {
                    Random random = new Random(seed);
                    int first = seed;
                    senders.add(Async.spawn(() -> {
                        for (int i = first; i < SENT; i += 4) {
                            int number = i;
                            impatiently(random, () -> {
                                socket.send(ByteBuffer.allocate(20_000)
                                        .putInt(number)
                                        .array());
                                return sent.add(number);
                            });
                        }
                        return null;
                    }));
                }
                Async.gather(senders);
                socket.close();
                return sent;
            });
            RawPeer.Link link = peer.open();
            List<Integer> arrived = new ArrayList<>();
            RawPeer.Frame frame;
            while ((frame = link.read()).opcode() != RawPeer.CLOSE) {
                arrived.add(ByteBuffer.wrap(frame.payload()).getInt());
            }
            List<Integer> sent = WebSocketFixture.outcome(all);
            assertThat(arrived).hasSizeBetween(1, SENT - 1).isEqualTo(sent);
        }
    }
}
