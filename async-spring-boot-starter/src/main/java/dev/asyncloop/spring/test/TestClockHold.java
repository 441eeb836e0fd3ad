package dev.asyncloop.spring.test;

import java.util.function.BooleanSupplier;
import org.springframework.context.SmartLifecycle;

/**
 * Has the test's clock stand still again when the periodic callbacks have stopped, if the application is only paused; one that
 * is closed needs it until its end.
 */
final class TestClockHold implements SmartLifecycle {

    private final TestTime time;

    private final BooleanSupplier closed;

    private volatile boolean running;

    TestClockHold(TestTime time, BooleanSupplier closed) {
        this.time = time;
        this.closed = closed;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (!closed.getAsBoolean()) {
            time.hold();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
