package dev.asyncloop.http;

import dev.asyncloop.LoopClosedException;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import dev.asyncloop.TimerHandle;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One fetch on its way: in line, on a connection, through redirects, to its outcome. All but {@link #begin} runs on the
 * event loop, so that there is nothing to synchronise; the first outcome counts.
 */
final class Exchange implements Slots.Candidate, Hop.Listener {

    private final LoopHttpClient owner;

    private final FetchRequest request;

    private final Promise<FetchResponse> promise;

    private final long start = System.nanoTime();

    // what the next hop sends; redirects change it

    private String method;

    private URI uri;

    private List<Map.Entry<String, String>> headers;

    private RequestBody.@Nullable Sending body;

    private String origin;

    private int redirects;

    // where it stands

    private FetchPhase phase = FetchPhase.QUEUE;

    private boolean hasSlot;

    private boolean ended;

    private @Nullable Hop hop;

    private @Nullable TimerHandle totalLimit;

    private @Nullable TimerHandle connectLimit;

    private long queuedNanos;

    private long connectedNanos;

    private long firstByteNanos;

    Exchange(LoopHttpClient owner, FetchRequest request, RequestBody.@Nullable Sending body) {
        this.owner = owner;
        this.request = request;
        this.promise = owner.loop().promise(request.toString());
        this.method = request.method();
        this.uri = request.uri();
        this.headers = request.headers();
        this.body = body;
        this.origin = request.origin();
    }

    // ---- the beginning

    /** Starts; in the caller's thread, so that the limit counts from the call. */
    Task<FetchResponse> begin() {
        Duration limit = request.timeout(owner.options());
        try {
            totalLimit = owner.loop().callLater(limit, () -> owner.onEventLoop(() -> totalLimitPassed(limit)));
        } catch (RuntimeException ex) { // the loop takes no new work
            promise.task().cancel(false);
            throw ex;
        }
        promise.onCancel(() -> owner.onEventLoop(this::end));
        if (!owner.onEventLoop(this::enter)) {
            clientClosed();
        }
        return promise.task();
    }

    private void enter() {
        if (ended) {
            return;
        }
        owner.begun(this);
        Mono<Void> preparation = body != null ? body.preparation() : null;
        if (preparation == null) {
            standInLine();
        } else {
            preparation.subscribe(
                    none -> {},
                    failure -> owner.onEventLoop(() -> preparationFailed(failure)),
                    () -> owner.onEventLoop(this::prepared));
        }
    }

    private void prepared() {
        if (!ended) {
            standInLine();
        }
    }

    private void preparationFailed(Throwable failure) {
        if (!ended) {
            fail(failure);
        }
    }

    // ---- in line

    private void standInLine() {
        phase = FetchPhase.QUEUE;
        if (owner.isClosed()) {
            clientClosed();
        } else if (owner.slots().tryTake(origin)) {
            hasSlot = true;
            send();
        } else if (owner.slots().hasRoom(redirects > 0)) {
            owner.slots().queue(this);
        } else {
            HttpClientOptions options = owner.options();
            fail(new QueueFullException(
                    "all slots are taken (" + options.maxTotal() + ", " + options.maxPerOrigin()
                            + " for one origin) and "
                            + options.maxQueued()
                            + " requests wait; start fewer at a time, or raise maxTotal, maxPerOrigin or maxQueued",
                    attempt(),
                    null));
        }
    }

    @Override
    public String origin() {
        return origin;
    }

    /** Sends a little later: the connection of the one before goes back to the pool only after its last byte. */
    @Override
    public void granted() {
        hasSlot = true;
        sendSoon();
    }

    private void sendSoon() {
        if (!owner.onEventLoop(this::send)) {
            clientClosed();
        }
    }

    // ---- on a connection

    private void send() {
        if (ended) {
            return;
        }
        if (owner.isClosed()) {
            clientClosed();
            return;
        }
        phase = FetchPhase.CONNECT;
        queuedNanos = elapsedNanos();
        Hop next = new Hop(this, uri, headers, body, owner.options().maxBodySize());
        hop = next;
        Duration limit = request.connectTimeout(owner.options());
        if (limit.compareTo(request.timeout(owner.options())) < 0) {
            connectLimit = connectLimit(limit, next);
        }
        try {
            next.start(owner.connections().receiver(method));
        } catch (RuntimeException ex) {
            failed(ex);
        }
    }

    private @Nullable TimerHandle connectLimit(Duration limit, Hop connecting) {
        try {
            return owner.loop().callLater(limit, () -> owner.onEventLoop(() -> connectLimitPassed(limit, connecting)));
        } catch (LoopClosedException ex) {
            return null; // closing: its coroutines may still fetch, and the limit for the whole fetch is set already
        }
    }

    @Override
    public void connected() {
        phase = FetchPhase.RESPONSE;
        connectedNanos = elapsedNanos();
        cancel(connectLimit);
        connectLimit = null;
    }

    @Override
    public void firstByte() {
        firstByteNanos = elapsedNanos();
    }

    @Override
    public void bodyTooLarge() {
        fail(new BodyTooLargeException(
                "the body is larger than " + owner.options().maxBodySize() + " bytes; raise maxBodySize",
                attempt(),
                null));
    }

    @Override
    public void failed(Throwable failure) {
        if (owner.isClosed()) {
            clientClosed(); // and not what comes of it
            return;
        }
        fail(FetchFailures.of(failure, attempt(), owner.options()));
    }

    @Override
    public void complete(int status, Headers received, byte[] content) {
        URI target = request.followRedirects(owner.options()) ? Redirects.target(uri, status, received) : null;
        if (target != null && redirects < request.maxRedirects(owner.options())) {
            redirect(target, status);
            return;
        }
        FetchResponse response = new FetchResponse(
                request,
                uri,
                status,
                received,
                content,
                timings(),
                owner.options().codec());
        if (request.raisesError() && (status < 200 || status > 299)) {
            fail(new HttpStatusException(whatIsWrong(status, target), attempt(), response));
        } else {
            end();
            promise.succeed(response);
        }
    }

    private String whatIsWrong(int status, @Nullable URI target) {
        return target != null
                ? "the status is " + status + " after " + redirects + " redirects, the limit; raise maxRedirects"
                : "the status is " + status
                        + "; look at the response, or use `raiseError(false)` to get it as a result";
    }

    private void redirect(URI target, int status) {
        redirects++;
        String nextOrigin = Redirects.origin(target);
        boolean sameOrigin = nextOrigin.equals(origin);
        boolean toGet = Redirects.becomesGet(status, method);
        headers = Redirects.headers(headers, target, sameOrigin, toGet);
        if (toGet) {
            method = "GET";
            dropBody();
        }
        uri = Credentials.strip(target);
        if (sameOrigin) {
            sendSoon(); // in the same slot
        } else {
            hop = null;
            giveSlotBack();
            origin = nextOrigin;
            standInLine();
        }
    }

    private void dropBody() {
        RequestBody.Sending dropped = body;
        body = null;
        if (dropped != null) {
            dropped.close();
        }
    }

    // ---- the end

    private void totalLimitPassed(Duration limit) {
        if (!ended) {
            fail(new FetchTimeoutException(
                    "the limit of " + limit + " for the whole fetch has passed; raise `timeout`", limit, attempt()));
        }
    }

    private void connectLimitPassed(Duration limit, Hop connecting) {
        if (!ended && hop == connecting && phase == FetchPhase.CONNECT) {
            fail(new FetchTimeoutException(
                    "the limit of " + limit + " for connecting has passed; raise `connectTimeout`", limit, attempt()));
        }
    }

    void clientClosed() {
        if (!ended) {
            fail(new ClientClosedException("the client, or its loop, is closed; fetch before that", attempt(), null));
        }
    }

    private void fail(Throwable failure) {
        end();
        promise.fail(failure);
    }

    /** Frees what this exchange holds, wherever it stands. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        owner.ended(this);
        cancel(totalLimit);
        cancel(connectLimit);
        Hop current = hop;
        if (current != null) {
            current.abort();
        }
        dropBody();
        giveSlotBack();
    }

    private static void cancel(@Nullable TimerHandle timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void giveSlotBack() {
        if (hasSlot) {
            hasSlot = false;
            owner.slots().release(origin);
        } else {
            owner.slots().leave(this);
        }
    }

    private FetchTimings timings() {
        return new FetchTimings(
                Duration.ofNanos(queuedNanos),
                Duration.ofNanos(connectedNanos),
                Duration.ofNanos(firstByteNanos),
                Duration.ofNanos(elapsedNanos()));
    }

    private FetchException.Attempt attempt() {
        return new FetchException.Attempt(method, uri, phase, Duration.ofNanos(elapsedNanos()));
    }

    private long elapsedNanos() {
        return System.nanoTime() - start;
    }
}
