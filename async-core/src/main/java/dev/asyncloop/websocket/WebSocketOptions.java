package dev.asyncloop.websocket;

import dev.asyncloop.channel.Overflow;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.http.FetchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link WebSocket}; immutable. Start from {@link #defaults()} and replace what differs.
 *
 * @param headers names and values that this side's half of the handshake has in addition; by default none
 * @param subprotocols what may be spoken over the connection, the most wanted first; a server takes the first one that the
 *     client speaks, too; by default none
 * @param compression whether messages are compressed, if the peer wants it, too; by default not
 * @param maxMessageSize most bytes of a message that comes, over all its fragments, and again decompressed, by default
 *     10 MiB; a larger one closes the connection with 1009
 * @param inbox so many messages, by default 16, may have come and not been received (or {@code maxMessageSize} bytes of them); then the
 *     socket is not read
 * @param outbox so many messages, by default 256, may have been sent and not been taken by the connection
 * @param overflow what happens to one more: the sender waits ({@code SUSPEND}, the default), the oldest or the new one is dropped and
 *     counted, the sender gets an {@link OutboxFullException} ({@code FAIL}), or the connection is closed with 1013
 *     ({@code CLOSE})
 * @param pingInterval the first ping is sent after so long, by default 30 s, and so are the next ones; {@code null} sends none
 * @param pingTimeout a peer whose pong has not come so long after a ping, by default 30 s, is gone: closed with 1011
 * @param closeWait how long the peer may take to answer a close frame, by default 5 s; then the connection is dropped
 * @param connectTimeout limit for resolving, connecting, TLS and the handshake, by default 20 s; of a client
 * @param codec turns objects into JSON and back; without one, as by default, only text and bytes can be sent
 */
public record WebSocketOptions(
        List<Map.Entry<String, String>> headers,
        List<String> subprotocols,
        Compression compression,
        int maxMessageSize,
        int inbox,
        int outbox,
        Overflow overflow,
        @Nullable Duration pingInterval,
        Duration pingTimeout,
        Duration closeWait,
        Duration connectTimeout,
        @Nullable BodyCodec codec) {

    private static final WebSocketOptions DEFAULTS = new WebSocketOptions(
            List.of(),
            List.of(),
            Compression.OFF,
            10 * 1024 * 1024,
            16,
            256,
            Overflow.SUSPEND,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            null);

    public WebSocketOptions {
        headers = List.copyOf(headers);
        subprotocols = List.copyOf(subprotocols);
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(overflow, "overflow");
        requirePositive("maxMessageSize", maxMessageSize);
        requirePositive("inbox", inbox);
        requirePositive("outbox", outbox);
        if (pingInterval != null) {
            requirePositive("pingInterval", pingInterval);
            if (pingTimeout.compareTo(pingInterval) > 0) {
                throw new IllegalArgumentException("pingTimeout must not be longer than pingInterval (" + pingInterval
                        + "), but was " + pingTimeout + "; each ping is answered before the next one");
            }
        }
        requirePositive("pingTimeout", pingTimeout);
        requirePositive("closeWait", closeWait);
        requirePositive("connectTimeout", connectTimeout);
        headers.forEach(header -> requireOwn(header.getKey()));
        checkedHeaders(headers);
        requireTokens(subprotocols);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + " must be positive, but was " + value);
        }
    }

    private static void requireOwn(String name) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (lowerCase.startsWith("sec-websocket-") || lowerCase.equals("upgrade") || lowerCase.equals("connection")) {
            throw new IllegalArgumentException("Header '" + name + "' can't be set: it is the handshake itself;"
                    + " sub-protocols and compression have options of their own");
        }
    }

    /** As those of a request. */
    private static void checkedHeaders(List<Map.Entry<String, String>> headers) {
        FetchRequest.Builder request = FetchRequest.get("http://localhost/");
        headers.forEach(header -> request.header(header.getKey(), header.getValue()));
    }

    private static void requireTokens(List<String> subprotocols) {
        Set<String> seen = new HashSet<>();
        for (String subprotocol : subprotocols) {
            if (subprotocol.isEmpty()
                    || !subprotocol.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0)) {
                throw new IllegalArgumentException(
                        "Sub-protocol '" + subprotocol + "' is no valid name; use letters, digits, dots and hyphens");
            }
            if (!seen.add(subprotocol)) {
                throw new IllegalArgumentException("Sub-protocol '" + subprotocol + "' is given twice");
            }
        }
    }

    /** Returns the defaults. */
    public static WebSocketOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with one more header. */
    public WebSocketOptions withHeader(String name, String value) {
        Draft draft = new Draft(this);
        draft.headers = new ArrayList<>(draft.headers);
        draft.headers.add(Map.entry(name, value));
        return draft.finish();
    }

    /** Returns these options with other {@code subprotocols}. */
    public WebSocketOptions withSubprotocols(String... subprotocols) {
        Draft draft = new Draft(this);
        draft.subprotocols = List.of(subprotocols);
        return draft.finish();
    }

    /** Returns these options with another {@code compression}. */
    public WebSocketOptions withCompression(Compression compression) {
        Draft draft = new Draft(this);
        draft.compression = compression;
        return draft.finish();
    }

    /** Returns these options with another {@code maxMessageSize}. */
    public WebSocketOptions withMaxMessageSize(int maxMessageSize) {
        Draft draft = new Draft(this);
        draft.maxMessageSize = maxMessageSize;
        return draft.finish();
    }

    /** Returns these options with another {@code inbox}. */
    public WebSocketOptions withInbox(int inbox) {
        Draft draft = new Draft(this);
        draft.inbox = inbox;
        return draft.finish();
    }

    /** Returns these options with another {@code outbox} and {@code overflow}. */
    public WebSocketOptions withOutbox(int outbox, Overflow overflow) {
        Draft draft = new Draft(this);
        draft.outbox = outbox;
        draft.overflow = overflow;
        return draft.finish();
    }

    /** Returns these options with another {@code pingInterval} and {@code pingTimeout}. */
    public WebSocketOptions withPing(Duration interval, Duration timeout) {
        Draft draft = new Draft(this);
        draft.pingInterval = interval;
        draft.pingTimeout = timeout;
        return draft.finish();
    }

    /** Returns these options without pings. A peer that is gone without a word is not noticed then. */
    public WebSocketOptions withoutPing() {
        Draft draft = new Draft(this);
        draft.pingInterval = null;
        return draft.finish();
    }

    /** Returns these options with another {@code closeWait}. */
    public WebSocketOptions withCloseWait(Duration closeWait) {
        Draft draft = new Draft(this);
        draft.closeWait = closeWait;
        return draft.finish();
    }

    /** Returns these options with another {@code connectTimeout}. */
    public WebSocketOptions withConnectTimeout(Duration connectTimeout) {
        Draft draft = new Draft(this);
        draft.connectTimeout = connectTimeout;
        return draft.finish();
    }

    /** Returns these options with another {@code codec}. */
    public WebSocketOptions withCodec(@Nullable BodyCodec codec) {
        Draft draft = new Draft(this);
        draft.codec = codec;
        return draft.finish();
    }

    /** A copy that can be changed; by each method itself, as a lambda for each would be a class more at every start. */
    private static final class Draft {

        private List<Map.Entry<String, String>> headers;

        private List<String> subprotocols;

        private Compression compression;

        private int maxMessageSize;

        private int inbox;

        private int outbox;

        private Overflow overflow;

        private @Nullable Duration pingInterval;

        private Duration pingTimeout;

        private Duration closeWait;

        private Duration connectTimeout;

        private @Nullable BodyCodec codec;

        Draft(WebSocketOptions options) {
            this.headers = options.headers;
            this.subprotocols = options.subprotocols;
            this.compression = options.compression;
            this.maxMessageSize = options.maxMessageSize;
            this.inbox = options.inbox;
            this.outbox = options.outbox;
            this.overflow = options.overflow;
            this.pingInterval = options.pingInterval;
            this.pingTimeout = options.pingTimeout;
            this.closeWait = options.closeWait;
            this.connectTimeout = options.connectTimeout;
            this.codec = options.codec;
        }

        WebSocketOptions finish() {
            return new WebSocketOptions(
                    headers,
                    subprotocols,
                    compression,
                    maxMessageSize,
                    inbox,
                    outbox,
                    overflow,
                    pingInterval,
                    pingTimeout,
                    closeWait,
                    connectTimeout,
                    codec);
        }
    }
}
