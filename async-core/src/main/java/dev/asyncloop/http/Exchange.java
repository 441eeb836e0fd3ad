package dev.asyncloop.http;

import dev.asyncloop.Promise;
import dev.asyncloop.TimerHandle;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * One fetch on its way: in line, on a connection, through redirects, to its outcome. All but {@link #begin} runs on the
 * event loop, so that there is nothing to synchronise; the first outcome counts.
 */
final class Exchange {

    private final LoopHttpClient owner;

    private final FetchRequest request;

    private final Promise<FetchResponse> promise;

    private final long start = System.nanoTime();

    private String method;

    private URI uri;

    private List<Map.Entry<String, String>> headers;

    private byte @Nullable [] body;

    private String origin;

    private FetchPhase phase = FetchPhase.QUEUE;

    private boolean hasSlot;

    private boolean ended;

    private int redirects;

    private @Nullable TimerHandle total;

    private @Nullable TimerHandle connect;

    private @Nullable Disposable subscription;

    private long queuedNanos;

    private long connectedNanos;

    private long firstByteNanos;

    Exchange(LoopHttpClient owner, FetchRequest request, byte @Nullable [] body, Promise<FetchResponse> promise) {
        this.owner = owner;
        this.request = request;
        this.promise = promise;
        this.method = request.method();
        this.uri = request.uri();
        this.headers = request.headers();
        this.body = body;
        this.origin = Redirects.origin(uri);
    }

    String origin() {
        return origin;
    }

    /** Starts; in the caller's thread, so that the limit counts from the call. */
    void begin() {
        Duration limit = request.timeout(owner.options());
        total = owner.loop().callLater(limit, () -> owner.eventLoop().execute(() -> timedOut("its limit of " + limit)));
        promise.onCancel(() -> owner.eventLoop().execute(this::cancelled));
        owner.eventLoop().execute(this::takeSlot);
    }

    private void takeSlot() {
        if (ended) {
            return;
        }
        if (owner.isClosed()) {
            clientClosed();
            return;
        }
        owner.begun(this);
        phase = FetchPhase.QUEUE;
        Boolean slot = owner.slots().take(this);
        if (slot == null) {
            HttpClientOptions options = owner.options();
            fail(new QueueFullException(
                    "all " + options.maxTotal() + " slots (" + options.maxPerOrigin() + " for " + origin
                            + ") are taken and " + options.maxQueued()
                            + " requests wait; raise maxTotal, maxPerOrigin or maxQueued, or start fewer",
                    attempt(),
                    null));
        } else if (slot) {
            send();
        }
    }

    /** Called with a slot. */
    void send() {
        hasSlot = true;
        phase = FetchPhase.CONNECT;
        queuedNanos = elapsedNanos();
        Duration limit = request.connectTimeout(owner.options());
        if (limit.compareTo(request.timeout(owner.options())) < 0) {
            connect = owner.loop().callLater(limit, () -> owner.eventLoop().execute(() -> connectTimedOut(limit)));
        }
        HttpClient client = owner.client();
        subscription = client.headers(all -> headers.forEach(header -> {
                    if (header.getKey().equalsIgnoreCase("User-Agent")) {
                        all.set(header.getKey(), header.getValue());
                    } else {
                        all.add(header.getKey(), header.getValue());
                    }
                }))
                .request(HttpMethod.valueOf(method))
                .uri(uri)
                .send((sent, out) -> {
                    connected();
                    byte[] content = body;
                    if (content == null) {
                        return out;
                    }
                    sent.header("Content-Length", String.valueOf(content.length));
                    return out.send(Mono.just(Unpooled.wrappedBuffer(content)));
                })
                .response(this::read)
                .subscribe(this::complete, this::failed);
    }

    private void connected() {
        phase = FetchPhase.RESPONSE;
        connectedNanos = elapsedNanos();
        TimerHandle timer = connect;
        if (timer != null) {
            timer.cancel();
            connect = null;
        }
    }

    private Mono<FetchResponse> read(HttpClientResponse response, ByteBufFlux content) {
        firstByteNanos = elapsedNanos();
        long limit = owner.options().maxBodySize();
        Headers received = new Headers(response.responseHeaders());
        int status = response.status().code();
        return content.collect(() -> new BodyBuffer(limit), BodyBuffer::add)
                .map(buffer -> new FetchResponse(
                        request,
                        uri,
                        status,
                        received,
                        buffer.toBytes(),
                        timings(),
                        owner.options().codec()));
    }

    private FetchTimings timings() {
        return new FetchTimings(
                Duration.ofNanos(queuedNanos),
                Duration.ofNanos(connectedNanos),
                Duration.ofNanos(firstByteNanos),
                elapsed());
    }

    private void complete(FetchResponse response) {
        if (ended) {
            return;
        }
        URI target = request.followRedirects(owner.options())
                ? Redirects.target(uri, response.status(), response.headers())
                : null;
        if (target != null && redirects < request.maxRedirects(owner.options())) {
            redirect(target, response.status());
        } else if (request.raisesError() && (response.status() < 200 || response.status() > 299)) {
            String why = target != null ? ", after " + redirects + " redirects, the limit" : "";
            fail(new HttpStatusException("the status is " + response.status() + why, attempt(), response));
        } else {
            end();
            promise.succeed(response);
        }
    }

    private void redirect(URI target, int status) {
        redirects++;
        boolean sameOrigin = Redirects.origin(target).equals(origin);
        boolean toGet = Redirects.becomesGet(status, method);
        headers = Redirects.headers(headers, sameOrigin, toGet);
        if (toGet) {
            method = "GET";
            body = null;
        }
        giveSlotBack();
        uri = target;
        origin = Redirects.origin(target);
        takeSlot();
    }

    private void failed(Throwable failure) {
        if (ended) {
            return;
        }
        FetchException.Attempt attempt = attempt();
        if (failure instanceof FilteringResolverGroup.NotAllowedException blocked) {
            fail(new AddressNotAllowedException(
                    "the client's address filter does not allow " + blocked.getMessage(), attempt, null));
        } else if (failure instanceof BodyBuffer.TooLargeException) {
            fail(new BodyTooLargeException(
                    "the body is larger than " + owner.options().maxBodySize() + " bytes; raise maxBodySize",
                    attempt,
                    null));
        } else if (phase == FetchPhase.CONNECT
                || failure instanceof ConnectException
                || failure instanceof UnknownHostException
                || failure instanceof SSLException) {
            fail(new ConnectFailedException(describe(failure), attempt, failure));
        } else if (failure instanceof IOException || failure instanceof RuntimeException) {
            fail(new BrokenResponseException(describe(failure), attempt, failure));
        } else {
            fail(failure);
        }
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message != null ? message : failure.getClass().getSimpleName();
    }

    private void connectTimedOut(Duration limit) {
        if (phase == FetchPhase.CONNECT) {
            timedOut("the limit of " + limit + " for connecting");
        }
    }

    private void timedOut(String limit) {
        if (!ended) {
            fail(new FetchTimeoutException(limit + " has passed", attempt(), null));
        }
    }

    private void cancelled() {
        end();
    }

    void clientClosed() {
        if (!ended) {
            fail(new ClientClosedException("the client is closed", attempt(), null));
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
        Objects.requireNonNull(total).cancel();
        TimerHandle timer = connect;
        if (timer != null) {
            timer.cancel();
        }
        Disposable running = subscription;
        if (running != null) {
            running.dispose(); // closes a connection whose response is not complete
        }
        giveSlotBack();
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
        return new FetchException.Attempt(method, uri, phase, elapsed());
    }

    private Duration elapsed() {
        return Duration.ofNanos(elapsedNanos());
    }

    private long elapsedNanos() {
        return System.nanoTime() - start;
    }
}
