package dev.asyncloop.http;

import dev.asyncloop.LoopClosedException;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import dev.asyncloop.TimerHandle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch that may take several exchanges, one after the other. All but {@link #begin} runs on the event loop. To its
 * exchange it is the promise, so that only the last outcome is one that somebody awaits.
 */
final class Retries implements Promise<FetchResponse> {

    private final LoopHttpClient owner;

    private final FetchRequest request;

    private final RetryPolicy policy;

    private final Promise<FetchResponse> promise;

    private final Duration limit;

    private final long start;

    private @Nullable RequestBody body;

    /** Of the attempts before the last; fewer than these where a status was a result. */
    private final List<FetchException> failures = new ArrayList<>();

    private int attempts;

    /** The last attempt. */
    private @Nullable Exchange exchange;

    /** How the exchange on its way is given up. */
    private @Nullable Runnable abort;

    private final FetchObserver observer;

    private @Nullable TimerHandle delay;

    private boolean ended;

    Retries(LoopHttpClient owner, FetchRequest request, RetryPolicy policy) {
        this.owner = owner;
        this.observer = owner.options().observer().here();
        this.request = request;
        this.policy = policy;
        this.promise = owner.loop().promise(request.toString());
        this.limit = request.timeout(owner.options());
        this.start = now();
    }

    /** Starts; in the caller's thread, so that the limit counts from the call. */
    Task<FetchResponse> begin() {
        try {
            RequestBody given = request.body();
            body = given == null ? null : given.forAllAttempts(owner.options());
            attempt(limit);
        } catch (RuntimeException ex) { // the body can't be sent, or the loop takes no new work
            promise.task().cancel(false);
            throw ex;
        }
        promise.onCancel(() -> owner.onEventLoop(this::cancelled));
        return promise.task();
    }

    private void attempt(Duration rest) {
        attempts++;
        Duration own = policy.attemptTimeout();
        FetchRequest attempt = request.toBuilder()
                .timeout(own != null && own.compareTo(rest) < 0 ? own : rest)
                .build();
        RequestBody sent = body;
        RequestBody.Sending sending = sent != null ? sent.open(owner.loop(), owner.options()) : null;
        try {
            Exchange next = new Exchange(owner, attempt, sending, new Delivery.Whole(this), observer);
            exchange = next;
            next.begin();
        } catch (RuntimeException ex) {
            if (sending != null) {
                sending.close();
            }
            throw ex;
        }
    }

    // ---- what the exchange calls

    @Override
    public Task<FetchResponse> task() {
        return promise.task();
    }

    @Override
    public void onCancel(Runnable action) {
        abort = action;
    }

    @Override
    public boolean succeed(FetchResponse response) {
        if (ended) {
            return false;
        }
        if (isRetried(response.status()) && delayNext(delayAfter(response))) {
            return true;
        }
        ended = true;
        return promise.succeed(response.to(request, attempts, elapsed()));
    }

    @Override
    public boolean fail(Throwable failure) {
        if (ended) {
            return false;
        }
        if (failure instanceof FetchTimeoutException late && rest().compareTo(Duration.ZERO) <= 0) {
            return end(attempts == 1 ? late : whole(late));
        }
        if (failure instanceof FetchException retried
                && isRetried(retried)
                && delayNext(retried instanceof HttpStatusException status ? delayAfter(status.response()) : delay())) {
            failures.add(retried);
            return true;
        }
        return end(failure);
    }

    /** The exchange has had only the rest of the limit. */
    private FetchTimeoutException whole(FetchTimeoutException late) {
        return new FetchTimeoutException(
                "the limit of " + limit + " for the whole fetch has passed in attempt " + attempts
                        + "; raise `timeout`",
                limit,
                new FetchException.Attempt(
                        request.method(),
                        late.uri(),
                        late.phase(),
                        late.timings().within(elapsed())));
    }

    private boolean end(Throwable failure) {
        ended = true;
        if (failure instanceof FetchException last) {
            last.after(attempts, failures);
        } else {
            failures.forEach(failure::addSuppressed);
        }
        if (failure instanceof HttpStatusException last) {
            last.answers(request, attempts, elapsed());
        }
        return promise.fail(failure);
    }

    // ---- what is retried

    private boolean isRetried(int status) {
        return policy.statuses().contains(status) && policy.mayRepeat(request.method());
    }

    private boolean isRetried(FetchException failure) {
        return switch (failure) {
            case HttpStatusException status -> isRetried(status.response().status());
            case ConnectFailedException unconnected ->
                !(unconnected.getCause() instanceof SSLException) && mayBeSentAgain();
            case FetchTimeoutException late -> mayBeSentAgain();
            case BrokenResponseException broken -> broken.getCause() instanceof IOException && mayBeSentAgain();
            default -> false;
        };
    }

    private boolean mayBeSentAgain() {
        Exchange last = exchange;
        return last == null || !last.mayHaveHadAnEffect() || policy.mayRepeat(request.method());
    }

    private Duration delay() {
        return policy.delayAfter(attempts);
    }

    /** Returns what the response asks for, if that is longer; {@code null} if that is too long. */
    private @Nullable Duration delayAfter(FetchResponse response) {
        Duration own = delay();
        Duration asked = RetryAfter.of(response.headers(), owner.loop().clock().instant());
        if (asked == null) {
            return own;
        }
        if (asked.compareTo(policy.maxRetryAfter()) > 0) {
            return null;
        }
        return asked.compareTo(own) > 0 ? asked : own;
    }

    // ---- between the exchanges

    /** Returns whether there will be another attempt. */
    private boolean delayNext(@Nullable Duration pause) {
        RequestBody sent = body;
        if (pause == null
                || attempts == policy.maxAttempts()
                || sent != null && !sent.isRepeatable()
                || pause.compareTo(rest()) >= 0
                || owner.isClosed()) {
            return false;
        }
        try {
            abort = null;
            owner.delayed(this);
            delay = owner.loop().callLater(pause, () -> owner.onEventLoop(this::next));
            return true;
        } catch (LoopClosedException ex) {
            owner.goesOn(this);
            return false;
        }
    }

    private void next() {
        if (ended) {
            return;
        }
        owner.goesOn(this);
        Duration rest = rest();
        if (rest.compareTo(Duration.ZERO) <= 0) { // the timer was late
            end(tooLate());
            return;
        }
        try {
            attempt(rest);
        } catch (RuntimeException ex) {
            end(ex);
        }
    }

    private FetchException tooLate() {
        return new FetchTimeoutException(
                "the limit of " + limit + " for the whole fetch has passed before attempt " + (attempts + 1)
                        + "; raise `timeout`",
                limit,
                new FetchException.Attempt(
                        request.method(), request.uri(), FetchPhase.QUEUE, FetchTimings.before(elapsed())));
    }

    private void cancelled() {
        ended = true;
        owner.goesOn(this);
        if (abort != null) {
            abort.run();
        }
        if (delay != null) {
            delay.cancel();
        }
    }

    /** The client was closed in a delay. */
    void clientClosed() {
        if (!ended) {
            if (delay != null) {
                delay.cancel();
            }
            end(new ClientClosedException(
                    "the client, or its loop, is closed; fetch before that",
                    new FetchException.Attempt(
                            request.method(), request.uri(), FetchPhase.QUEUE, FetchTimings.before(elapsed())),
                    null));
        }
    }

    private Duration rest() {
        return limit.equals(HttpClientOptions.NO_TIMEOUT) ? limit : limit.minus(elapsed());
    }

    private Duration elapsed() {
        return Duration.ofNanos(now() - start);
    }

    private long now() {
        return owner.loop().clock().nanoTime();
    }
}
