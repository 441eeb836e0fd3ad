package dev.asyncloop.http;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.testing.ManualClock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** A loop with a client on it, for one test. */
final class HttpFixture implements AutoCloseable {

    final IOLoop loop;

    final AsyncHttpClient client;

    HttpFixture(Carrier carrier) {
        this(Loops.on(carrier), options -> options);
    }

    HttpFixture(Carrier carrier, UnaryOperator<HttpClientOptions> options) {
        this(Loops.on(carrier), options);
    }

    HttpFixture(Carrier carrier, ManualClock clock, UnaryOperator<HttpClientOptions> options) {
        this(Loops.on(carrier, clock), options);
    }

    private HttpFixture(IOLoop loop, UnaryOperator<HttpClientOptions> options) {
        this.loop = loop;
        this.client = AsyncHttpClient.create(loop, options.apply(HttpClientOptions.defaults()));
    }

    /** Runs a coroutine. */
    <T> T run(Callable<T> coroutine) {
        return loop.runSync(coroutine);
    }

    /** Waits until what was handed to the loop and its event loop so far has been done. */
    void settle() {
        for (int i = 0; i < 3; i++) {
            Loops.settle(loop);
            outcome(loop.eventLoopGroup().next().submit(() -> {}));
        }
    }

    static <T> T outcome(Future<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(ex);
        } catch (InterruptedException | TimeoutException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited 20 s in vain");
            }
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        client.close();
        loop.close();
    }
}
