package dev.asyncloop.websocket;

import dev.asyncloop.Task;
import dev.asyncloop.channel.ReceiveChannel;
import dev.asyncloop.http.Headers;
import dev.asyncloop.http.TypeRef;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection on the loop, in either role: messages are sent and received by waiting. Tornado's
 * {@code WebSocketClientConnection} and {@code WebSocketHandler}.
 *
 * <pre>{@code
 * try (WebSocket socket = await(client.connect("wss://a.example/feed"))) {
 *     socket.send("subscribe");
 *     for (String line : socket.texts()) {      // each step waits; ends when the peer closes
 *         handle(line);
 *     }
 * }
 * }</pre>
 *
 * <p><b>Receiving.</b> As from any {@link ReceiveChannel}. While {@code inbox} messages wait to be received the socket is
 * not read, so that a slow receiver holds up the peer and not the memory. When the peer closes, what has come before can
 * still be received; then {@link #receive} throws {@link WebSocketClosedException}, and {@link #receiveOrNull} and an
 * iteration end after a {@linkplain CloseStatus#isNormal normal} close, or throw it after any other and after a broken
 * connection. {@link #close()} drops what was not received.
 *
 * <p><b>Sending.</b> By as many coroutines as like to, first come, first served. A message is handed over to the event loop;
 * when {@code outbox} of them wait because the peer takes them too slowly, {@link WebSocketOptions#overflow} says what
 * happens, by default the sender waits. Who is cancelled while it waits has sent nothing. A message handed over before
 * {@link #close} goes out before the close frame.
 *
 * <p><b>Ending.</b> {@link #close} does not wait: it sends the close frame after what was sent before, and the peer has
 * {@link WebSocketOptions#closeWait}, by default 5 s, to answer; {@link #awaitClosed} waits for that. Pings of the peer are
 * answered; this side pings it, too, and gives it up if
 * it does not answer. A peer that breaks the protocol gets the close code for that (1002, 1007, 1009), and the receiver a
 * {@link WebSocketClosedException}. A WebSocket belongs to the coroutine that has opened it: when that ends, or the loop, and
 * it is still open, it is closed with 1001 (going away). A server's is closed when its handler ends: with 1000 if it
 * returns, with 1011 if it fails.
 *
 * <p>Used by the coroutines of one loop; elsewhere everything but what says so fails with {@link IllegalStateException}.
 */
public interface WebSocket extends ReceiveChannel<Message> {

    // ---- sending

    /**
     * Sends a text; under {@code SUSPEND} waits for room before. Tornado's {@code write_message}.
     * @throws WebSocketClosedException if it is closed, or gets closed before there is room; the text is not sent
     * @throws OutboxFullException under {@code FAIL}, if there is no room
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before there is room
     */
    void send(String text);

    /** Sends bytes, which are not copied and must not change any more; else as {@link #send(String)}. */
    void send(byte[] bytes);

    /** Sends a message; see {@link #send(String)}. */
    void send(Message message);

    /**
     * Sends an object as a text in JSON; see {@link #send(String)}.
     * @throws IllegalStateException if the options have no codec
     */
    void sendJson(Object value);

    /**
     * Sends what comes out of a channel or a subscription, in a child of the running coroutine: a {@code String} as text,
     * {@code byte[]} and {@link Message} as they are, anything else as JSON. Under {@code SUSPEND} it takes an item only
     * when there is room, and then sends it even if others have filled the outbox meanwhile; so who cancels it finds the
     * rest in the channel. The task ends when the channel is closed and drained, or this WebSocket is closed; it fails with
     * what the channel was closed with. Neither is closed by the other.
     */
    Task<@Nullable Void> forward(ReceiveChannel<?> items);

    // ---- receiving

    /** Waits for the next message; else as {@link ReceiveChannel#receive()}. Tornado's {@code read_message}. */
    @Override
    Message receive();

    /**
     * Receives texts until the peer closes; each {@code hasNext} may wait.
     * A binary message closes the WebSocket with 1003 and is thrown as {@link WebSocketClosedException}.
     */
    Iterable<String> texts();

    /** Receives binary messages; else as {@link #texts}, also if a text comes. */
    Iterable<byte[]> binaries();

    /**
     * Receives texts and reads them as JSON; else as {@link #texts}. What the codec throws is thrown by {@code next}.
     * @throws IllegalStateException if the options have no codec
     */
    <T> Iterable<T> values(Class<T> type);

    /** As {@link #values(Class)}, of a type with arguments. */
    <T> Iterable<T> values(TypeRef<T> type);

    // ---- the connection

    /** As {@link #ping(byte[])}, with a number in it by which its pong is known. */
    Duration ping();

    /**
     * Sends a ping, waits for its pong, and returns how long that took. Tornado's {@code ping} and {@code on_pong}.
     * @param payload up to 125 bytes
     * @throws IllegalArgumentException if there are more
     * @throws WebSocketClosedException if it is closed before the pong comes
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    Duration ping(byte[] payload);

    /** Closes it with 1000; see {@link #close(int, String)}. */
    @Override
    void close();

    /**
     * Closes it: takes no more messages, drops those that were not received, sends what was sent before and a close frame,
     * and drops the connection if the peer has not answered within {@code closeWait}. Idempotent, the first call counts.
     * Does not wait, also works when cancelled. Tornado's {@code close}.
     * @param code 1000, 3000 to 4999, or another one that RFC 6455 lets be sent
     * @param reason up to 123 bytes in UTF-8; may be empty
     * @throws IllegalArgumentException if code or reason can't be sent
     */
    void close(int code, String reason);

    /**
     * Waits until the connection is really closed, and returns {@link #closeStatus} then. Closes nothing itself.
     * @throws java.util.concurrent.CancellationException if the coroutine is cancelled before
     */
    CloseStatus awaitClosed();

    /**
     * Returns code and reason of the peer's close frame; {@link CloseStatus#LOST} if the connection has ended without one;
     * {@code null} while neither has happened. Any thread; known as soon as it has come, also if there are messages left to
     * receive. Tornado's {@code close_code} and {@code close_reason}.
     */
    @Nullable
    CloseStatus closeStatus();

    /** Returns the URL of the handshake, without credentials. Any thread. */
    URI uri();

    /** Returns the headers of the handshake: the peer's, so those of the answer if this is a client. Any thread. */
    Headers headers();

    /** Returns the sub-protocol that was agreed upon, or {@code null}. Any thread. */
    @Nullable
    String subprotocol();

    /** Returns whether messages are compressed. Any thread. */
    boolean isCompressed();

    /** Returns how many messages wait to be received. Any thread; outside of the loop an estimate. */
    int inbox();

    /** Returns how many messages were sent and not taken by the connection yet. Threads as above. */
    int outbox();

    /** Returns how many messages were dropped because {@link #outbox} was full. Threads as above. */
    long dropped();
}
