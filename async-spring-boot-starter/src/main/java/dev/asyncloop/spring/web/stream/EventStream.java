package dev.asyncloop.spring.web.stream;

import dev.asyncloop.Async;
import dev.asyncloop.Task;
import dev.asyncloop.channel.ReceiveChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;

/**
 * Sends events to a client, such as a browser's {@code EventSource}, as long as the handler runs. An argument of a
 * {@code @Coroutine} handler that returns nothing.
 *
 * <pre>{@code
 * @Coroutine
 * @GetMapping("/feed")
 * void feed(EventStream out, @Nullable LastEventId last) {
 *     for (Quote quote : quotes.since(last)) {
 *         out.send(quote.id(), quote);       // waits until the client has room
 *     }
 * }
 * }</pre>
 *
 * <p><b>Data.</b> A {@code CharSequence} is sent as it is, a line break of any kind as that of a new line; anything else as
 * JSON, with the application's codec. Spring's {@link ServerSentEvent} says everything about an event; it may also be what
 * is sent as data, or forwarded.
 *
 * <p><b>Beginning.</b> The answer begins with the first thing that is sent, or with {@link #open}. A handler that fails before
 * gets the answer that any failing handler gets. After that the connection is cut off, so that the client can tell; it
 * connects again then. The handler's return ends the answer.
 *
 * <p><b>Waiting.</b> By as many coroutines as like to, children of the handler's: first come, first served, and an event is
 * sent whole or not at all. When 64 KiB wait for the client the sender waits, too. If the client goes away, the handler's
 * coroutine is cancelled.
 *
 * <p><b>Heartbeats.</b> When nothing was sent for {@code ioloop.web.event-stream.heartbeat}, by default 15 s, a comment is,
 * so that nobody on the way takes the connection for dead.
 *
 * <p>Used by the handler's coroutine and its children; elsewhere what sends fails with {@link IllegalStateException}.
 */
public final class EventStream extends OutgoingStream {

    private static final byte[] BEAT = {':', '\n', '\n'};

    private final HttpHeaders headers;

    private final JsonEncoding json;

    private final Duration interval;

    private final EventStreams all;

    private @Nullable Heartbeat heartbeat;

    EventStream(HttpHeaders headers, JsonEncoding json, Duration interval, EventStreams all) {
        this.headers = headers;
        this.json = json;
        this.interval = interval;
        this.all = all;
    }

    @Override
    void begin(StreamedAnswer answer) {
        super.begin(answer);
        all.opened(this);
        Heartbeat own = new Heartbeat(answer.loop(), interval, this::beat);
        heartbeat = own;
        own.start();
    }

    @Override
    void end() {
        all.closed(this);
        Heartbeat own = heartbeat;
        if (own != null) {
            own.stop();
        }
    }

    long waitingBytes() {
        return answer().waitingBytes();
    }

    /** While something waits for the client there is nothing to keep alive. */
    private void beat() {
        StreamedAnswer answer = answer();
        if (answer.isIdle()) {
            answer.pass(BEAT, defaults());
        }
    }

    @Override
    StreamedAnswer.Headers defaults() {
        return headers -> {
            if (headers.getContentType() == null) {
                headers.setContentType(MediaType.TEXT_EVENT_STREAM);
            }
            addIfAbsent(headers, HttpHeaders.CACHE_CONTROL, "no-cache");
            addIfAbsent(headers, "X-Accel-Buffering", "no"); // nginx would keep events back
        };
    }

    private static void addIfAbsent(HttpHeaders headers, String name, String value) {
        if (headers.getFirst(name) == null) {
            headers.set(name, value);
        }
    }

    /** Returns the headers of the answer, to be changed before it begins. */
    public HttpHeaders headers() {
        return headers;
    }

    /** Returns whether the answer has begun, so that a failure can't be answered any more. Any thread. */
    public boolean hasBegun() {
        return answer().hasBegun();
    }

    /** Begins the answer, so that the client knows that it is connected. Does not wait; idempotent. */
    public void open() {
        answer().open("EventStream.open", defaults());
    }

    /**
     * Sends an event with nothing but data.
     * @throws java.util.concurrent.CancellationException if the client goes away, and the coroutine is cancelled with it,
     *     before there is room; nothing was sent
     * @throws org.springframework.core.codec.EncodingException if there is no JSON of the data; nothing was sent
     * @throws IllegalStateException after the handler's return
     */
    public void send(Object data) {
        if (data instanceof ServerSentEvent<?> event) {
            send(event);
        } else {
            write(new EventText().data(text(data)));
        }
    }

    /**
     * Sends an event with an id, with which the client asks for what comes after it when it connects again; else as
     * {@link #send(Object)}.
     * @param id {@code null} for none; empty to have the client forget the last one
     * @throws IllegalArgumentException if the id has control characters, such as line breaks
     */
    public void send(@Nullable String id, Object data) {
        write(new EventText().id(id).data(text(data)));
    }

    /**
     * Sends an event with an id and a type; else as {@link #send(String, Object)}.
     * @param event the type, for which a browser has listeners; {@code null} for {@code message}
     * @throws IllegalArgumentException if id or type has line breaks
     */
    public void send(@Nullable String id, @Nullable String event, Object data) {
        write(new EventText().id(id).event(event).data(text(data)));
    }

    /** Sends what Spring's event says; it may lack data. Else as {@link #send(String, String, Object)}. */
    public void send(ServerSentEvent<?> event) {
        Object data = event.data();
        write(new EventText()
                .comment(event.comment())
                .id(event.id())
                .event(event.event())
                .retry(event.retry())
                .data(data == null ? null : text(data)));
    }

    /** Sends a comment, of which the client takes no notice; else as {@link #send(Object)}. */
    public void comment(String comment) {
        write(new EventText().comment(comment));
    }

    /**
     * Tells the client how long to wait before it connects again; else as {@link #send(Object)}.
     * @throws IllegalArgumentException if that is negative
     */
    public void retry(Duration retry) {
        write(new EventText().retry(Objects.requireNonNull(retry, "retry")));
    }

    /** Sets the interval of heartbeats for this stream; zero for none. */
    public void heartbeat(Duration interval) {
        answer();
        Objects.requireNonNull(heartbeat).interval(interval);
    }

    /**
     * Sends what comes out of a channel, a subscription of a topic perhaps, each item as with {@link #send(Object)}, in a
     * child of this coroutine. It takes no item before there is room for one. Begins the answer at once.
     * @return ends when the channel is closed and drained, fails as that does, or as sending does; its cancellation ends the
     *     forwarding
     */
    public Task<@Nullable Void> forward(ReceiveChannel<?> items) {
        open();
        return Async.spawn("forward to an event stream", () -> {
            while (true) {
                answer().awaitRoom();
                Object item = items.receiveOrNull();
                if (item == null) {
                    return;
                }
                send(item);
            }
        });
    }

    private String text(Object data) {
        return data instanceof CharSequence text
                ? text.toString()
                : json.encodeToString(Objects.requireNonNull(data, "data"));
    }

    private void write(EventText event) {
        answer().send("EventStream.send", event.toBytes(), defaults());
        Objects.requireNonNull(heartbeat).sign();
    }

    @Override
    public String toString() {
        return "EventStream[" + answer() + "]";
    }
}
