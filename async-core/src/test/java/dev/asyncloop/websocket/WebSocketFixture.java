package dev.asyncloop.websocket;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.testing.ManualClock;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A loop with a client on it, for one test. */
final class WebSocketFixture implements AutoCloseable {

    final IOLoop loop;

    final WebSocketClient client;

    WebSocketFixture(Carrier carrier) {
        this(Loops.on(carrier), options -> options);
    }

    WebSocketFixture(Carrier carrier, UnaryOperator<WebSocketOptions> options) {
        this(Loops.on(carrier), options);
    }

    WebSocketFixture(Carrier carrier, ManualClock clock, UnaryOperator<WebSocketOptions> options) {
        this(Loops.on(carrier, clock), options);
    }

    private WebSocketFixture(IOLoop loop, UnaryOperator<WebSocketOptions> options) {
        this.loop = loop;
        this.client = WebSocketClient.create(loop, options.apply(WebSocketOptions.defaults()));
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

    /** Waits until something is so that other threads bring about. */
    void until(BooleanSupplier isSo) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited 20 s in vain");
            }
            settle();
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

    @Override
    public void close() {
        client.close();
        loop.close();
    }
}
