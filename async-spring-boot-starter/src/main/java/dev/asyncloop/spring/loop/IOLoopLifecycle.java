package dev.asyncloop.spring.loop;

import dev.asyncloop.IOLoop;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Ends the application's loop with its context: after everything else has stopped, and before any bean is destroyed, so
 * that coroutines which use the grace period still have their repositories.
 *
 * <p>Only a context that closes ends its loop. One that is stopped, to be started again, leaves it running, and so does
 * a paused one.
 */
public final class IOLoopLifecycle implements SmartLifecycle {

    /** Before and after the web server's event loops, which have 0, and everything else. */
    public static final int PHASE = -1024;

    private final IOLoop loop;

    private final ConfigurableApplicationContext context;

    private volatile boolean running;

    /** Makes a lifecycle that ends this loop with this context. */
    public IOLoopLifecycle(IOLoop loop, ConfigurableApplicationContext context) {
        this.loop = loop;
        this.context = context;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (context.isClosed()) {
            loop.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
