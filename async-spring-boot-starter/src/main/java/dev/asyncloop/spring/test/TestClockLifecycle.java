package dev.asyncloop.spring.test;

import dev.asyncloop.IOLoop;
import dev.asyncloop.testing.SteppedClock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Sees to it at the start that the application's loop has the test's clock, and has that go on by itself from when the
 * application begins to stop. Stops together with the periodic callbacks.
 */
final class TestClockLifecycle implements SmartLifecycle {

    private final SteppedClock clock;

    private final TestTime time;

    private final ObjectProvider<IOLoop> loop;

    private volatile boolean running;

    TestClockLifecycle(SteppedClock clock, TestTime time, ObjectProvider<IOLoop> loop) {
        this.clock = clock;
        this.time = time;
        this.loop = loop;
    }

    @Override
    public void start() {
        IOLoop driven = loop.getIfAvailable();
        if (driven == null) {
            throw new IllegalStateException(
                    "@TestClock needs the loop of an application, and there is no IOLoop bean in"
                            + " this context; have IOLoopAutoConfiguration in it, as @SpringBootTest and @WebFluxTest do");
        }
        if (driven.clock() != clock) {
            throw new IllegalStateException("@TestClock could not give its clock to '" + driven.name() + "', which has "
                    + driven.clock() + ": the application makes its IOLoop itself, or an IOLoopCustomizer sets a clock;"
                    + " leave that out of the test, or make the loop with `withClock` of the SteppedClock bean");
        }
        time.hold();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        time.letGo();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
