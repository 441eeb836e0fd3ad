package dev.asyncloop.spring.web.stream;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.TimerHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls an action when nothing has happened for an interval, and again after each further one. On timers of a loop. */
final class Heartbeat {

    private final IOLoop loop;

    private final Runnable beat;

    private volatile Duration interval;

    /** In nanoseconds of the loop's clock. */
    private volatile long lastSign;

    private volatile boolean stopped;

    private volatile @Nullable TimerHandle timer;

    /**
     * Makes one that does not beat yet.
     * @param interval zero or less for no beats
     */
    Heartbeat(IOLoop loop, Duration interval, Runnable beat) {
        this.loop = loop;
        this.interval = interval;
        this.beat = beat;
    }

    void start() {
        sign();
        arm();
    }

    /** Changes the interval, which counts from the last sign. In a turn of the loop. */
    void interval(Duration interval) {
        this.interval = interval;
        TimerHandle current = timer;
        if (current != null) {
            current.cancel();
        }
        arm();
    }

    /** Something has happened. */
    void sign() {
        lastSign = loop.clock().nanoTime();
    }

    private void arm() {
        Duration interval = this.interval;
        if (!interval.isPositive() || stopped) {
            return;
        }
        Duration rest = interval.minusNanos(loop.clock().nanoTime() - lastSign);
        try {
            timer = loop.callLater("heartbeat", rest, this::due);
        } catch (LoopClosedException ex) {
            return; // no more is sent either
        }
        if (stopped) {
            stop();
        }
    }

    private void due() {
        if (stopped) {
            return;
        }
        if (loop.clock().nanoTime() - lastSign >= interval.toNanos()) {
            beat.run();
            sign();
        }
        arm();
    }

    /** Ends it. Any thread. */
    void stop() {
        stopped = true;
        TimerHandle current = timer;
        if (current != null) {
            current.cancel();
        }
    }
}
