package dev.asyncloop.http;

import dev.asyncloop.LoopClock;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.TimerHandle;
import io.netty.channel.Channel;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * One fetch on its way: in line, on a connection, through redirects, to its outcome. All but {@link #begin} runs on the
 * event loop, so that there is nothing to synchronise; the first outcome counts.
 */
final class Exchange implements Slots.Candidate, Hop.Listener, BodyPipe.Source {

    /** So long a server may take to say that it wants the body; as curl. */
    private static final Duration CONTINUE_LIMIT = Duration.ofSeconds(1);

    /** So often a request is sent again when a kept-alive connection turns out to be closed: each time another one. */
    private static final int MAX_RESENT = 3;

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

    private final LoopHttpClient owner;

    private final FetchRequest request;

    private final Delivery<?> delivery;

    private final LoopClock clock;

    private final FetchTimer timer;

    private final Observed observed;

    // what the next hop sends; redirects change it

    private String method;

    private URI uri;

    private List<Map.Entry<String, String>> headers;

    private RequestBody.@Nullable Sending body;

    private String origin;

    private final List<Redirect> redirects = new ArrayList<>();

    private int resent;

    // where it stands

    private FetchPhase phase = FetchPhase.QUEUE;

    private boolean hasSlot;

    /** Whether there was a connection for any of its requests. */
    private boolean reachedAnybody;

    private boolean ended;

    private @Nullable Hop hop;

    private @Nullable TimerHandle totalLimit;

    private @Nullable TimerHandle queueLimit;

    private @Nullable TimerHandle connectLimit;

    private @Nullable TimerHandle continueLimit;

    /** Set while there is a connection, where it is shorter than what is left in all. */
    private @Nullable TimerHandle readLimit;

    private long lastProgress;

    /** Where the body goes once it is read as it comes. */
    private @Nullable BodyPipe<byte[]> pipe;

    private @Nullable Disposable preparing;

    Exchange(
            LoopHttpClient owner,
            FetchRequest request,
            RequestBody.@Nullable Sending body,
            Delivery<?> delivery,
            FetchObserver observer) {
        this.owner = owner;
        this.request = request;
        this.delivery = delivery;
        this.clock = owner.loop().clock();
        this.timer = new FetchTimer(clock);
        this.method = request.method();
        this.uri = request.uri();
        this.observed = Observed.begin(observer, request);
        this.headers = observed.headers();
        this.body = body;
        this.origin = request.origin();
    }

    // ---- the beginning

    /** Starts; in the caller's thread, so that the limit counts from the call. */
    void begin() {
        Duration limit = request.timeout(owner.options());
        if (!isNone(limit)) {
            try {
                totalLimit = owner.loop().callLater(limit, () -> owner.onEventLoop(() -> totalLimitPassed(limit)));
            } catch (RuntimeException ex) { // the loop takes no new work
                observed.ended(ex);
                throw ex;
            }
        }
        delivery.onCancel(() -> owner.onEventLoop(this::cancelled));
        if (!owner.onEventLoop(this::enter)) {
            clientClosed();
        }
    }

    /** Whether a server may have done what it was asked for, which a redirect may have been the answer to. */
    boolean mayHaveHadAnEffect() {
        return reachedAnybody;
    }

    private static boolean isNone(Duration limit) {
        return limit.equals(HttpClientOptions.NO_TIMEOUT);
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
            preparing = preparation.subscribe(
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
        timer.inLine();
        if (owner.isClosed()) {
            clientClosed();
        } else if (owner.slots().tryTake(origin)) {
            hasSlot = true;
            send();
        } else if (owner.slots().hasRoom(!redirects.isEmpty())) {
            owner.slots().queue(this);
            Duration limit = request.queueTimeout(owner.options());
            if (isShorterThanTotal(limit)) {
                queueLimit = limit(limit, () -> queueLimitPassed(limit));
            }
        } else {
            owner.adding().refused();
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
        cancel(queueLimit);
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
        timer.sent();
        Hop next = new Hop(this, uri, headers, body, owner.options().maxBodySize());
        hop = next;
        Duration limit = request.connectTimeout(owner.options());
        if (isShorterThanTotal(limit)) {
            connectLimit = limit(limit, () -> connectLimitPassed(limit, next));
        }
        try {
            next.start(owner.connections().receiver(method, uri), owner.loop().clock());
        } catch (RuntimeException ex) {
            failed(ex);
        }
    }

    private boolean isShorterThanTotal(Duration limit) {
        return limit.compareTo(request.timeout(owner.options())) < 0;
    }

    /** Has something done on the event loop after a time. */
    private @Nullable TimerHandle limit(Duration limit, Runnable action) {
        try {
            return owner.loop().callLater(limit, () -> owner.onEventLoop(action));
        } catch (LoopClosedException ex) {
            return null; // closing: its coroutines may still fetch, and the limit for the whole fetch is set already
        }
    }

    @Override
    public void resolving(Channel connecting) {
        timer.resolving(ConnectTimes.of(connecting));
    }

    @Override
    public void resolved() {
        timer.resolved();
    }

    @Override
    public void connectionReturned(Channel connection) {
        owner.open().returned(connection);
    }

    @Override
    public void setUp(Channel connection) {
        owner.connections().setUp(connection);
    }

    @Override
    public void connected(Channel connection) {
        phase = FetchPhase.RESPONSE;
        reachedAnybody = true;
        timer.connected(ConnectTimes.of(connection));
        owner.open().taken(connection, origin);
        cancel(connectLimit);
        connectLimit = null;
        watchProgress();
    }

    @Override
    public boolean expectsContinue() {
        return request.expectsContinue();
    }

    @Override
    public void waitsForContinue() {
        Hop asking = hop;
        if (asking != null) {
            continueLimit = limit(CONTINUE_LIMIT, asking::goOn);
        }
    }

    @Override
    public void sending() {
        phase = FetchPhase.REQUEST;
        cancel(continueLimit);
    }

    @Override
    public void sent() {
        if (phase == FetchPhase.REQUEST) { // the response may be there before
            phase = FetchPhase.RESPONSE;
            progressed();
        }
    }

    @Override
    public void bodyFailed(Throwable failure) {
        fail(failure);
    }

    // ---- the limit for each wait for more

    @Override
    public void progressed() {
        if (readLimit != null) {
            lastProgress = clock.nanoTime();
        }
    }

    private void watchProgress() {
        cancel(readLimit);
        readLimit = null;
        Duration limit = request.readTimeout(owner.options());
        if (!isNone(limit) && (delivery.streams() || isShorterThanTotal(limit))) {
            lastProgress = clock.nanoTime();
            readLimit = limit(limit, () -> readLimitPassed(limit));
        }
    }

    /** Not moved at each piece that comes, but when it is due. */
    private void readLimitPassed(Duration limit) {
        if (ended || readLimit == null) {
            return;
        }
        if (!waitsForPeer()) {
            lastProgress = clock.nanoTime();
        }
        Duration left = limit.minusNanos(clock.nanoTime() - lastProgress);
        if (left.isPositive()) {
            readLimit = limit(left, () -> readLimitPassed(limit));
            return;
        }
        String what = switch (phase) {
            case REQUEST -> "for the server to take more of the request has passed";
            case BODY -> "for more of the body to come has passed";
            default -> "for a response to come has passed";
        };
        fail(new FetchTimeoutException(
                "the limit of " + limit + " " + what + "; raise `readTimeout`", limit, attempt()));
    }

    /** Not while the one who produces the request's body, or reads the response's, takes the time. */
    private boolean waitsForPeer() {
        Hop current = hop;
        return switch (phase) {
            case QUEUE, CONNECT -> false;
            case REQUEST -> current != null && current.waitsForPeerToTake();
            case RESPONSE -> true;
            case BODY -> pipe == null || pipe.isEmpty();
        };
    }

    // ---- the response

    @Override
    public @Nullable BodyPipe<byte[]> head(int status, Headers received, @Nullable String coding) {
        phase = FetchPhase.BODY;
        timer.responded();
        progressed();
        if (received.size() > owner.options().maxHeaderCount()) {
            fail(new BrokenResponseException(
                    "the response has " + received.size() + " headers, more than "
                            + owner.options().maxHeaderCount() + "; raise maxHeaderCount",
                    attempt(),
                    null));
            return null;
        }
        if (!isToFollow(status, received)) {
            observed.responded(status, received);
        }
        if (!streams(status, received)) {
            return null;
        }
        cancel(totalLimit);
        BodyPipe<byte[]> body = new BodyPipe<>(request, this);
        pipe = body;
        delivery.open(new FetchStream(
                request,
                uri,
                status,
                received,
                body,
                coding == null ? body::take : new DecompressedBody(coding, body::take, this::notDecompressed),
                owner.options().maxBodySize(),
                this::attempt,
                () -> owner.onEventLoop(() -> end(null))));
        return body;
    }

    @Override
    public boolean streams(int status, Headers received) {
        return delivery.streams()
                && !isToFollow(status, received)
                && !isRefusedByProxy(status)
                && (isSuccess(status) || !request.raisesError());
    }

    private boolean isToFollow(int status, Headers received) {
        return redirects.size() < request.maxRedirects(owner.options()) && target(status, received) != null;
    }

    /** What a reader was given can't be decompressed. Any thread. */
    private RuntimeException notDecompressed(Exception cause) {
        Throwable failure = FetchFailures.of(cause, attempt(), owner.options());
        owner.onEventLoop(() -> {
            if (!ended) {
                fail(failure);
            }
        });
        return failure instanceof RuntimeException known ? known : new CompletionException(failure);
    }

    private @Nullable URI target(int status, Headers received) {
        return request.followRedirects(owner.options()) ? Redirects.target(uri, status, received) : null;
    }

    private boolean isRefusedByProxy(int status) {
        return status == ProxyFailures.AUTHENTICATION_REQUIRED && ProxyFailures.isForwarded(uri, owner.options());
    }

    private static boolean isSuccess(int status) {
        return status >= 200 && status <= 299;
    }

    /** The reader wants more pieces. */
    @Override
    public void request(int count) {
        owner.onEventLoop(() -> {
            Hop current = hop;
            if (current != null) {
                progressed();
                current.request(count);
            }
        });
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
        } else if (failure instanceof HopHandler.ConnectionLostException && mayBeSentAgain()) {
            resent++;
            timer.addTo(owner.adding());
            timer.inLine();
            sendSoon();
        } else {
            fail(FetchFailures.of(failure, attempt(), owner.options()));
        }
    }

    /**
     * A server may close a kept-alive connection at the moment when a request is written to it. It has not seen that then,
     * most probably: what does no harm when it is done twice is sent again.
     */
    private boolean mayBeSentAgain() {
        Hop lost = hop;
        return lost != null
                && lost.isOnReusedConnection()
                && resent < MAX_RESENT
                && IDEMPOTENT.contains(method)
                && (body == null || hasBodyLeft(lost));
    }

    private boolean hasBodyLeft(Hop before) {
        RequestBody whole = request.body();
        return whole == null || whole.isRepeatable() || !before.tookBody();
    }

    @Override
    public void complete(int status, Headers received, byte[] content) {
        BodyPipe<byte[]> streamed = pipe;
        if (streamed != null) {
            end(null);
            streamed.complete();
            return;
        }
        if (isRefusedByProxy(status)) {
            fail(ProxyFailures.authentication(attempt(), owner.options(), null));
            return;
        }
        URI target = target(status, received);
        if (target != null && redirects.size() < request.maxRedirects(owner.options())) {
            redirects.add(new Redirect(uri, status, received));
            redirect(target, status);
            return;
        }
        FetchResponse response = new FetchResponse(
                request,
                uri,
                status,
                received,
                content,
                timer.timings(),
                owner.options().codec(),
                redirects);
        if (request.raisesError() && !isSuccess(status)) {
            fail(new HttpStatusException(whatIsWrong(status, target), attempt(), response));
        } else {
            end(null);
            delivery.complete(response);
        }
    }

    private String whatIsWrong(int status, @Nullable URI target) {
        return target != null
                ? "the status is " + status + " after " + redirects.size() + " redirects, the limit; raise maxRedirects"
                : "the status is " + status
                        + "; look at the response, or use `raiseError(false)` to get it as a result";
    }

    private void redirect(URI target, int status) {
        Hop before = hop;
        if (body != null && !Redirects.becomesGet(status, method) && before != null && !hasBodyLeft(before)) {
            fail(new BodyNotRepeatableException(
                    "the server redirects to " + Credentials.strip(target) + " with status " + status
                            + ", which keeps the body, but it was"
                            + " produced once already; use `repeatableBody`, a file or bytes, or"
                            + " `followRedirects(false)`",
                    attempt(),
                    null));
            return;
        }
        String nextOrigin = Redirects.origin(target);
        boolean sameOrigin = nextOrigin.equals(origin);
        boolean toGet = Redirects.becomesGet(status, method);
        headers = Redirects.headers(headers, target, sameOrigin, toGet);
        if (toGet) {
            method = "GET";
            dropBody();
        }
        uri = Credentials.strip(target);
        timer.addTo(owner.adding());
        if (sameOrigin) {
            timer.inLine();
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

    private void queueLimitPassed(Duration limit) {
        if (!ended && phase == FetchPhase.QUEUE && !hasSlot) {
            fail(new FetchTimeoutException(
                    "the limit of " + limit + " for waiting in line has passed; raise `queueTimeout`",
                    limit,
                    attempt()));
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
        BodyPipe<byte[]> streamed = pipe;
        end(failure);
        if (streamed == null) {
            delivery.fail(failure);
        } else if (failure instanceof RuntimeException known) {
            streamed.fail(known);
        } else {
            streamed.fail(new CompletionException(failure));
        }
    }

    /** Nobody wants the outcome, or the rest of the stream. */
    private void cancelled() {
        BodyPipe<byte[]> streamed = pipe;
        if (streamed != null && !ended) {
            streamed.close(new IllegalStateException(
                    "The stream of " + request + " is closed, as the coroutine that it belonged to has ended"));
        }
        end(new CancellationException(request + " was cancelled"));
    }

    /** Frees what this exchange holds, wherever it stands. */
    private void end(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        timer.end(owner.adding(), outcome(failure));
        observed.ended(failure);
        owner.ended(this);
        cancel(totalLimit);
        cancel(queueLimit);
        cancel(connectLimit);
        cancel(continueLimit);
        cancel(readLimit);
        if (preparing != null) {
            preparing.dispose();
        }
        Hop current = hop;
        if (current != null) {
            current.abort();
        }
        dropBody();
        giveSlotBack();
        delivery.ended();
    }

    private static HttpClientTotals.Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return HttpClientTotals.Outcome.SUCCESS;
        }
        return failure instanceof CancellationException
                ? HttpClientTotals.Outcome.CANCELLED
                : HttpClientTotals.Outcome.FAILURE;
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

    private FetchException.Attempt attempt() {
        return new FetchException.Attempt(method, uri, phase, timer.timings());
    }
}
