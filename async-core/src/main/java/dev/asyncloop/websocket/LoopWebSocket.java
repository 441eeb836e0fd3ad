package dev.asyncloop.websocket;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.HomeLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.Suspension;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Overflow;
import dev.asyncloop.channel.ReceiveChannel;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.http.Headers;
import dev.asyncloop.http.TypeRef;
import dev.asyncloop.sync.Lock;
import io.netty.channel.EventLoop;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The side of a WebSocket that coroutines use. Meets the event loop's side, {@link Wire}, in the inbox and the outbox, and
 * never waits for it otherwise.
 */
final class LoopWebSocket implements WebSocket, Active {

    private static final int MOST_IN_A_PING = 125;

    private final HomeLoop home;

    private final IOLoop loop;

    private final WebSocketOptions options;

    private final URI uri;

    private final Headers headers;

    private final @Nullable String subprotocol;

    private final boolean compressed;

    private final Wire wire;

    private final Inbox inbox;

    private final Outbox outbox;

    /** Held by the one that takes the next message, or waits for it; the others stand in its line. */
    private final Lock receiving = new Lock();

    /** Held by the one that waits for room in the outbox. */
    private final Lock sending = new Lock();

    /** Belongs to who has opened it, and is cancelled when that ends. */
    private final Promise<@Nullable Void> life;

    private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();

    private volatile @Nullable CloseStatus closeStatus;

    /** Of the last ping without a payload of its own: a pong that comes late must not be taken for that of a later one. */
    private int pingNumber;

    /** Of one that is served. */
    private final @Nullable Departure departure;

    LoopWebSocket(
            IOLoop loop,
            EventLoop eventLoop,
            WebSocketOptions options,
            Handshake handshake,
            Promise<@Nullable Void> life,
            @Nullable Runnable left) {
        this.home = new HomeLoop(loop);
        this.loop = loop;
        this.options = options;
        this.uri = handshake.uri();
        this.headers = handshake.headers();
        this.subprotocol = handshake.subprotocol();
        this.compressed = handshake.deflation() != null;
        this.inbox = new Inbox(options.inbox(), options.maxMessageSize());
        this.outbox = new Outbox(options.outbox());
        this.life = life;
        this.departure = left != null ? new Departure(loop, options.closeWait(), left) : null;
        this.wire = new Wire(loop, eventLoop, this, handshake.client(), handshake.deflation());
    }

    // ---- what the event loop's side asks and says

    WebSocketOptions options() {
        return options;
    }

    Wire wire() {
        return wire;
    }

    Inbox inboxSide() {
        return inbox;
    }

    Outbox outboxSide() {
        return outbox;
    }

    void closedByPeer(CloseStatus status) {
        closeStatus = status;
        end(End.byPeer(status));
        if (departure != null) {
            departure.whenNotNoticed(inbox.size() == 0);
        }
    }

    /** What has come can still be received, but nothing is sent any more. The first end counts. */
    void end(End how) {
        outbox.abandon(how); // first: who has received the end can't send
        inbox.end(how);
    }

    void disconnected(@Nullable Throwable cause) {
        CloseStatus status = closeStatus;
        if (status == null) {
            status = CloseStatus.LOST;
            closeStatus = status;
        }
        boolean suddenly = outbox.end() == null;
        end(End.lost(cause));
        closed.complete(status);
        life.succeed(null);
        if (departure != null) {
            if (suddenly) {
                departure.atOnce();
            } else {
                departure.whenNotNoticed(inbox.size() == 0);
            }
        }
    }

    /** The handshake has not come to its end. */
    void neverOpened(End how) {
        closeStatus = how.status();
        end(how);
        closed.complete(how.status());
        life.succeed(null);
    }

    /** The owner has ended. Any thread. */
    void goAway() {
        begin(new CloseStatus(CloseStatus.GOING_AWAY, ""));
    }

    @Override
    public void clientClosed() {
        goAway();
    }

    WebSocketClosedException closedForSender() {
        End end = outbox.end();
        return (end != null ? end : End.byUs(CloseStatus.NORMAL)).forSender(this);
    }

    // ---- sending

    @Override
    public void send(String text) {
        send(Message.of(text));
    }

    @Override
    public void send(byte[] bytes) {
        send(Message.of(bytes));
    }

    @Override
    public void sendJson(Object value) {
        send(json("sendJson", value));
    }

    private Message json(String operation, Object value) {
        return Message.of(new String(codec(operation).encode(value), StandardCharsets.UTF_8));
    }

    private BodyCodec codec(String operation) {
        BodyCodec codec = options.codec();
        if (codec == null) {
            throw new IllegalStateException("`" + operation + "` needs a BodyCodec: give the WebSocket one with"
                    + " WebSocketOptions.withCodec, or send text");
        }
        return codec;
    }

    @Override
    public void send(Message message) {
        Objects.requireNonNull(message, "null is no message; to say that no more come, close the WebSocket");
        home.enter("WebSocket.send");
        switch (options.overflow()) {
            case SUSPEND -> {
                try (var turn = sending.hold()) {
                    outbox.bell().await(this, outbox::isDecided);
                    requireOpen();
                    outbox.offer(message);
                }
            }
            case DROP_OLDEST -> {
                requireOpen();
                outbox.offerDroppingOldest(message);
            }
            case DROP_NEWEST -> {
                requireOpen();
                if (!outbox.offer(message)) {
                    outbox.countDropped();
                }
            }
            case FAIL -> {
                requireOpen();
                if (!outbox.offer(message)) {
                    outbox.countDropped();
                    throw new OutboxFullException(this + " has no room for the next message; send slower, with a larger"
                            + " `outbox`, or with Overflow.SUSPEND");
                }
            }
            case CLOSE -> {
                requireOpen();
                if (!outbox.offer(message)) {
                    outbox.countDropped();
                    tooSlow();
                    throw closedForSender();
                }
            }
        }
        wire.look();
    }

    private void requireOpen() {
        if (outbox.end() != null) {
            throw closedForSender();
        }
    }

    /** The peer takes too little: what waits would only make it later. */
    private void tooSlow() {
        CloseStatus status = new CloseStatus(CloseStatus.TRY_AGAIN_LATER, "too slow");
        end(End.failed(status, null));
        wire.close(status);
    }

    @Override
    public Task<@Nullable Void> forward(ReceiveChannel<?> items) {
        home.enter("WebSocket.forward");
        return new Forwarding(this, items).start();
    }

    // ---- what a forwarding asks

    /** Waits for room, if sending would. Returns whether more can be sent. */
    boolean awaitRoom() {
        if (options.overflow() == Overflow.SUSPEND) {
            try (var turn = sending.hold()) {
                outbox.bell().await(this, outbox::isDecided);
            }
        }
        return outbox.end() == null;
    }

    /** Sends an item without waiting, even if others have taken the room since {@link #awaitRoom}. */
    void pass(Object item) {
        Message message = message(item);
        if (options.overflow() == Overflow.SUSPEND) {
            outbox.add(message);
            wire.look();
        } else if (!isClosed()) {
            send(message);
        }
    }

    private Message message(Object item) {
        return switch (item) {
            case Message message -> message;
            case String text -> Message.of(text);
            case byte[] bytes -> Message.of(bytes);
            default -> json("forward", item);
        };
    }

    // ---- receiving

    @Override
    public Message receive() {
        Message message = next();
        if (message == null) {
            throw ended().forReceiver(this);
        }
        return message;
    }

    @Override
    public @Nullable Message receiveOrNull() {
        Message message = next();
        if (message == null) {
            throwUnlessNormal();
        }
        return message;
    }

    private @Nullable Message next() {
        home.enter("WebSocket.receive");
        looked();
        try (var turn = receiving.hold()) {
            inbox.bell().await(this, inbox::hasNext);
            return poll();
        }
    }

    @Override
    public Message receive(Duration limit) {
        home.enter("WebSocket.receive");
        looked();
        long start = loop.clock().nanoTime();
        Message message = null;
        boolean inTime = receiving.tryLock(limit);
        if (inTime) {
            try {
                inTime = inbox.bell()
                        .await(
                                this,
                                inbox::hasNext,
                                () -> limit.minusNanos(loop.clock().nanoTime() - start));
                message = poll();
            } finally {
                receiving.unlock();
            }
        }
        if (message != null) {
            return message;
        }
        if (inTime) {
            throw ended().forReceiver(this);
        }
        throw new AsyncTimeoutException("Nothing was received from " + this + " within " + limit);
    }

    @Override
    public @Nullable Message tryReceive() {
        home.enter("WebSocket.tryReceive");
        looked();
        if (receiving.isLocked()) {
            return null; // those who wait come first
        }
        boolean over = inbox.end() != null; // before the look: what came before the end is in it then
        Message message = poll();
        if (message == null && over) {
            throwUnlessNormal();
        }
        return message;
    }

    /** The handler is about to receive, or has received, something or the end. */
    private void looked() {
        if (departure != null) {
            departure.looked();
        }
    }

    private @Nullable Message poll() {
        looked();
        Message message = inbox.poll();
        if (message != null && inbox.canGoOn()) {
            wire.readOn();
        }
        return message;
    }

    private End ended() {
        return Objects.requireNonNull(inbox.end(), "who waits gets a message or the end");
    }

    private void throwUnlessNormal() {
        End end = ended();
        if (!end.normal()) {
            throw end.forReceiver(this);
        }
    }

    @Override
    public Iterable<String> texts() {
        return iterable("texts", Message.Text.class, Message.Text::text);
    }

    @Override
    public Iterable<byte[]> binaries() {
        return iterable("binaries", Message.Binary.class, Message.Binary::bytes);
    }

    @Override
    public <T> Iterable<T> values(Class<T> type) {
        return values((Type) type);
    }

    @Override
    public <T> Iterable<T> values(TypeRef<T> type) {
        return values(type.type());
    }

    @SuppressWarnings("unchecked") // what the codec makes of a type is of that type
    private <T> Iterable<T> values(Type type) {
        BodyCodec codec = codec("values");
        return iterable("values", Message.Text.class, message ->
                (T) codec.decode(message.text().getBytes(StandardCharsets.UTF_8), type));
    }

    private <M extends Message, T> Iterable<T> iterable(String operation, Class<M> kind, Function<M, T> content) {
        home.enter("WebSocket." + operation);
        return () -> new Contents<>(this, kind, content);
    }

    /** A message of a kind has come that the application does not take. */
    WebSocketClosedException unsupported(Message message) {
        CloseStatus status = new CloseStatus(
                CloseStatus.UNSUPPORTED_DATA,
                message instanceof Message.Text ? "a text is not accepted here" : "binary data is not accepted here");
        End end = End.failed(status, null);
        outbox.end(end);
        inbox.abandon(end);
        wire.close(status);
        return end.forReceiver(this);
    }

    // ---- the connection

    @Override
    public Duration ping() {
        home.checkpoint("WebSocket.ping"); // before it counts
        return ping(ByteBuffer.allocate(Integer.BYTES).putInt(++pingNumber).array());
    }

    @Override
    public Duration ping(byte[] payload) {
        if (payload.length > MOST_IN_A_PING) {
            throw new IllegalArgumentException("A ping can't carry " + payload.length + " bytes; give it "
                    + MOST_IN_A_PING + " or fewer, or send a message");
        }
        home.checkpoint("WebSocket.ping");
        requireOpen();
        Suspension<Duration> suspension = Suspension.begin(this);
        Pings.Ping ping = new Pings.Ping(payload.clone(), suspension);
        wire.ping(ping);
        try {
            return suspension.await();
        } finally {
            wire.forget(ping);
        }
    }

    @Override
    public void close() {
        home.enter("WebSocket.close");
        closeAsIntended(CloseStatus.NORMAL);
    }

    @Override
    public void close(int code, String reason) {
        CloseStatus status = CloseStatus.toSend(code, reason);
        home.enter("WebSocket.close");
        closeAsIntended(status);
    }

    private void closeAsIntended(CloseStatus status) {
        if (departure != null) {
            departure.closing();
        }
        begin(status);
    }

    private void begin(CloseStatus status) {
        End end = End.byUs(status);
        outbox.end(end);
        inbox.abandon(end);
        wire.close(status);
    }

    @Override
    public CloseStatus awaitClosed() {
        home.enter("WebSocket.awaitClosed");
        return Async.await(closed.copy());
    }

    @Override
    public boolean isClosed() {
        return outbox.end() != null;
    }

    @Override
    public @Nullable CloseStatus closeStatus() {
        return closeStatus;
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public @Nullable String subprotocol() {
        return subprotocol;
    }

    @Override
    public boolean isCompressed() {
        return compressed;
    }

    @Override
    public int inbox() {
        return inbox.size();
    }

    @Override
    public int outbox() {
        return outbox.size();
    }

    @Override
    public long dropped() {
        return outbox.dropped();
    }

    @Override
    public String toString() {
        return "WebSocket[" + uri + (isClosed() ? ", closed" : "") + "]";
    }
}
