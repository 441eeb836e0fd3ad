package dev.asyncloop.http;

import dev.asyncloop.Async;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Events over as many connections as it takes. */
final class ReconnectingEvents implements EventSource {

    /** A server that says 0 and closes at once would have us do nothing else. Firefox has 500 ms. */
    private static final Duration SHORTEST_RETRY = Duration.ofMillis(100);

    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private static final Duration IDLE = Duration.ofMinutes(1);

    private static final String TYPE = "text/event-stream";

    private static final int OK = 200;

    private static final int NO_CONTENT = 204;

    private static final int TOO_MANY_REQUESTS = 429;

    private static final int SERVER_ERROR = 500;

    private final LoopHttpClient client;

    private final FetchRequest request;

    private final EventParser parser = new EventParser();

    private Duration firstRetry = Duration.ofSeconds(3);

    private int maxFailures = 10;

    private @Nullable Supplier<@Nullable String> lines;

    /** Connections in a row that could not be made. */
    private int failures;

    private boolean connectedBefore;

    private boolean ended;

    /** The connection while it is being made, and the pause before that; whoever closes ends them. */
    private volatile @Nullable Task<?> waiting;

    private volatile @Nullable FetchStream stream;

    private volatile boolean closed;

    ReconnectingEvents(LoopHttpClient client, FetchRequest request) {
        this.client = client;
        this.request = request;
    }

    @Override
    public EventSource withRetry(Duration retry) {
        FetchRequest.requirePositive("retry", retry);
        firstRetry = retry;
        return this;
    }

    @Override
    public EventSource withMaxFailures(int maxFailures) {
        if (maxFailures < 1) {
            throw new IllegalArgumentException("maxFailures must be positive, but was " + maxFailures);
        }
        this.maxFailures = maxFailures;
        return this;
    }

    @Override
    public EventSource withLastEventId(String id) {
        if (!EventParser.isId(id)) {
            throw new IllegalArgumentException("The last event's id '" + HeaderRules.printable(id)
                    + "' has control characters, which a header can't carry; give an id as it came");
        }
        parser.resumeAfter(id);
        return this;
    }

    @Override
    public String lastEventId() {
        return parser.lastId();
    }

    @Override
    public Iterator<ServerSentEvent> iterator() {
        return new Events();
    }

    @Override
    public void close() {
        closed = true;
        Task<?> current = waiting;
        if (current != null) {
            current.cancel(false);
        }
        FetchStream open = stream;
        if (open != null) {
            open.close();
        }
    }

    private @Nullable ServerSentEvent next() {
        while (!closed && !ended) {
            try {
                Supplier<@Nullable String> current = lines != null ? lines : connect();
                if (current == null) {
                    continue;
                }
                String line = current.get();
                if (line != null) {
                    ServerSentEvent event = parser.take(line);
                    requireSize();
                    if (event != null) {
                        return event;
                    }
                } else {
                    disconnect();
                    pause();
                }
            } catch (BodyTooLargeException | BrokenEventStreamException ex) {
                endForGood();
                throw ex;
            } catch (FetchException ex) {
                failed(ex);
            } catch (IllegalStateException ex) { // a CancellationException is one, too
                if (!closed) {
                    reconnectAtOnceUnlessItIsAFailure(ex);
                }
            }
        }
        return null;
    }

    /**
     * A stream is closed with the coroutine that has opened it, or with a limit within which that was done. That is no end of
     * the events: the next step opens another one, and at once, for a pause could be longer than the limit of each step.
     */
    private void reconnectAtOnceUnlessItIsAFailure(IllegalStateException thrown) {
        FetchStream current = stream;
        boolean hasLostItsStream = current != null && current.isClosed();
        if (hasLostItsStream) {
            disconnect();
        }
        if (!hasLostItsStream || thrown instanceof CancellationException) {
            throw thrown;
        }
    }

    private @Nullable Supplier<@Nullable String> connect() {
        FetchStream opened = awaitUnlessClosed(client.stream(request.forEvents(lastEventId(), IDLE, client.options())));
        stream = opened;
        if (closed) {
            opened.close();
            return null;
        }
        if (opened.status() == NO_CONTENT) {
            opened.close();
            ended = true;
            return null;
        }
        String type = opened.headers().first("Content-Type");
        if (opened.status() != OK || type == null || !isEventStream(type)) {
            opened.close();
            throw new BrokenEventStreamException(
                    "the answer is no stream of events: its status is " + opened.status() + ", its content type "
                            + (type == null ? "missing" : "'" + type + "'") + "; expected are 200 and '" + TYPE + "'",
                    opened.attempt(),
                    null);
        }
        connectedBefore = true;
        failures = 0;
        Supplier<@Nullable String> fresh = opened.endedLinesInUtf8(FetchStream.MAX_LINE);
        lines = fresh;
        return fresh;
    }

    private <T extends @Nullable Object> T awaitUnlessClosed(Task<T> task) {
        waiting = task;
        try {
            if (closed) { // before anybody could see the task
                task.cancel(false);
            }
            return Async.await(task);
        } finally {
            waiting = null;
        }
    }

    private static boolean isEventStream(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT)
                .equals(TYPE);
    }

    private void requireSize() {
        FetchStream current = stream;
        if (parser.size() > client.options().maxBodySize() && current != null) {
            throw new BodyTooLargeException(
                    "an event is larger than " + client.options().maxBodySize() + " characters; raise maxBodySize",
                    current.attempt(),
                    null);
        }
    }

    private void disconnect() {
        FetchStream current = stream;
        if (current != null) {
            current.close();
        }
        stream = null;
        lines = null;
        parser.forgetIncomplete();
    }

    private void failed(FetchException failure) {
        boolean wasConnected = lines != null;
        disconnect();
        if (closed) {
            return;
        }
        if (!wasConnected) {
            failures++;
            if (!connectedBefore || failures >= maxFailures || isFinal(failure)) {
                ended = true;
                throw failure;
            }
        } else if (failure instanceof ClientClosedException) {
            ended = true;
            throw failure;
        }
        pause();
    }

    private static boolean isFinal(FetchException failure) {
        if (failure instanceof HttpStatusException status) {
            int code = status.response().status();
            return code < SERVER_ERROR && code != TOO_MANY_REQUESTS;
        }
        return failure instanceof ClientClosedException || failure instanceof AddressNotAllowedException;
    }

    private void endForGood() {
        ended = true;
        disconnect();
    }

    private void pause() {
        Duration said = parser.retry();
        Duration retry = said == null ? firstRetry : said.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : said;
        for (int i = 0; i < failures && retry.compareTo(LONGEST_RETRY) < 0; i++) {
            retry = retry.multipliedBy(2);
            if (retry.compareTo(LONGEST_RETRY) > 0) {
                retry = LONGEST_RETRY;
            }
        }
        Promise<@Nullable Void> never = client.loop().promise("the pause of " + this);
        awaitUnlessClosed(never.task().completeOnTimeout(null, retry));
    }

    @Override
    public String toString() {
        return "the events of " + request;
    }

    private final class Events implements Iterator<ServerSentEvent> {

        private @Nullable ServerSentEvent next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = ReconnectingEvents.this.next();
            }
            return next != null;
        }

        @Override
        public ServerSentEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException(ReconnectingEvents.this + " have ended");
            }
            ServerSentEvent event = Objects.requireNonNull(next);
            next = null;
            return event;
        }
    }
}
