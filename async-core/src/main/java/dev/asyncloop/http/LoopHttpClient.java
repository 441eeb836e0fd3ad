package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FutureListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The client: its slots, its connections, and the exchanges on their way. All of these are touched only by the event
 * loop, to which each fetch is handed over once.
 */
final class LoopHttpClient implements AsyncHttpClient {

    private final IOLoop loop;

    private final HttpClientOptions options;

    private final EventLoop eventLoop;

    private final Connections connections;

    private final Slots slots;

    private final OpenConnections open = new OpenConnections();

    private final ClientTotals totals;

    private final Set<Exchange> running = new HashSet<>();

    private final Set<Retries> delayed = new HashSet<>();

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Closes a client that its owner has not closed before the loop. */
    private final FutureListener<Object> onLoopEnd = end -> close();

    LoopHttpClient(IOLoop loop, HttpClientOptions options) {
        this.loop = loop;
        this.options = options;
        this.eventLoop = loop.eventLoopGroup().next();
        this.connections = new Connections(loop, eventLoop, options);
        this.slots = new Slots(options.maxTotal(), options.maxPerOrigin(), options.maxQueued());
        this.totals = new ClientTotals(loop.clock());
        eventLoop.terminationFuture().addListener(onLoopEnd);
    }

    @Override
    public Task<FetchResponse> fetch(String url) {
        return fetch(FetchRequest.get(url).build());
    }

    @Override
    public Task<FetchResponse> fetch(FetchRequest request) {
        FetchRequest complete = request.on(options);
        RetryPolicy retry = complete.retry(options);
        return retry != null && (retry.maxAttempts() > 1 || retry.attemptTimeout() != null)
                ? new Retries(this, complete, retry).begin()
                : begin(complete, Delivery.Whole.on(loop, complete));
    }

    @Override
    public Task<FetchStream> stream(FetchRequest request) {
        FetchRequest complete = request.on(options);
        return begin(complete, Delivery.Streamed.on(loop, complete));
    }

    @Override
    public EventSource events(FetchRequest request) {
        return new ReconnectingEvents(this, request);
    }

    private <T> Task<T> begin(FetchRequest request, Delivery<T> delivery) {
        RequestBody body = request.body();
        RequestBody.Sending sending = null;
        try {
            sending = body != null ? body.open(loop, options) : null;
            new Exchange(this, request, sending, delivery, options.observer()).begin();
            return delivery.task();
        } catch (RuntimeException | Error ex) {
            if (sending != null) {
                sending.close();
            }
            delivery.task().cancel(false);
            delivery.ended();
            throw ex;
        }
    }

    @Override
    public int active() {
        return slots.active();
    }

    @Override
    public int queued() {
        return slots.queued();
    }

    @Override
    public int idle() {
        return open.all().idle();
    }

    @Override
    public HttpClientStatistics statistics() {
        Set<String> names = new TreeSet<>();
        slots.origins().forEach(names::add);
        open.origins().forEach(names::add);
        return new HttpClientStatistics(
                slots.active(),
                slots.queued(),
                open.all().open(),
                open.all().idle(),
                names.stream().map(this::statistics).toList());
    }

    private HttpClientStatistics.Origin statistics(String origin) {
        OpenConnections.Count count = open.of(origin);
        return new HttpClientStatistics.Origin(
                origin,
                slots.active(origin),
                slots.queued(origin),
                count == null ? 0 : count.open(),
                count == null ? 0 : count.idle());
    }

    @Override
    public HttpClientTotals totals() {
        return totals.read(open.total());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            eventLoop.terminationFuture().removeListener(onLoopEnd);
            if (!onEventLoop(this::end)) {
                end(); // nothing else runs any more
            }
        }
    }

    private void end() {
        List.copyOf(running).forEach(Exchange::clientClosed);
        List.copyOf(delayed).forEach(Retries::clientClosed);
        connections.close();
    }

    // ---- what the exchanges ask

    /** Returns whether nothing can be sent any more: this client is closed, or its loop ends. */
    boolean isClosed() {
        return closed.get() || eventLoop.isShuttingDown();
    }

    IOLoop loop() {
        return loop;
    }

    @Override
    public HttpClientOptions options() {
        return options;
    }

    Connections connections() {
        return connections;
    }

    OpenConnections open() {
        return open;
    }

    ClientTotals adding() {
        return totals;
    }

    Slots slots() {
        return slots;
    }

    void begun(Exchange exchange) {
        running.add(exchange);
    }

    void ended(Exchange exchange) {
        running.remove(exchange);
    }

    void delayed(Retries fetch) {
        delayed.add(fetch);
    }

    void goesOn(Retries fetch) {
        delayed.remove(fetch);
    }

    /**
     * Has something run on the event loop, later.
     * @return whether it will; not if the loop has ended
     */
    boolean onEventLoop(Runnable action) {
        try {
            eventLoop.execute(action);
            return true;
        } catch (RejectedExecutionException ex) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "AsyncHttpClient on '" + loop.name() + "' (" + active() + " active, " + queued() + " queued)";
    }
}
