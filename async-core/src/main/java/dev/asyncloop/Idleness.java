package dev.asyncloop;

import dev.asyncloop.internal.turn.Turn;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a loop has nothing to do, for a clock that waits for that.
 *
 * <p>Whoever leaves the turn free asks for a look. It is taken when Netty has nothing to do either; and if the turn is free
 * then, the listener gets the next one. When nobody else had a turn in between, the loop is idle: turns have numbers. A
 * turn in which only the listener was told is not followed by another look, or an idle loop would be busy looking.
 */
final class Idleness {

    /** How long until the next look while channels are open: their end is no turn. */
    private static final int CHANNELS_MILLIS = 5;

    private final DefaultIOLoop loop;

    private volatile @Nullable Runnable listener;

    private final AtomicBoolean looking = new AtomicBoolean();

    /** Whether a look at the channels is scheduled; touched only by Netty's thread. */
    private boolean watchingChannels;

    /** The turn in which the listener was told last. */
    private volatile long told = -1;

    /** Executor calls that have not ended, and coroutines in a blocking section or with their turn lent. */
    private final AtomicInteger outside = new AtomicInteger();

    Idleness(DefaultIOLoop loop) {
        this.loop = loop;
    }

    /** Sets the listener, and has it told if the loop is idle now. Any thread. */
    void listen(Runnable listener) {
        this.listener = listener;
        told = -1;
        ask();
    }

    /** Work has left the loop, and comes back to it. Any thread. */
    void leave() {
        outside.incrementAndGet();
    }

    /** Work has come back. By who has the turn, or gets it next. */
    void comeBack() {
        outside.decrementAndGet();
    }

    /** Called by whoever leaves the turn free. Any thread. */
    void turnIsFree() {
        if (listener != null && loop.turn().turns() != told) {
            ask();
        }
    }

    private void ask() {
        if (looking.compareAndSet(false, true)) {
            if (!loop.loopCarrier().eventLoop().isShuttingDown()) {
                loop.loopCarrier().whenNettyIsIdle(this::look);
            }
        }
    }

    private void look() {
        Turn turn = loop.turn();
        long turns = turn.turns();
        if (isQuiet()) {
            turn.run(() -> tell(turns + 1));
        } else {
            looking.set(false); // whoever has the turn or is outside will leave it free
            if (isQuiet()) {
                ask(); // unless that was just before
            }
        }
    }

    private boolean isQuiet() {
        return loop.turn().isFree() && outside.get() == 0;
    }

    /** Called in a turn. */
    private void tell(long expected) {
        looking.set(false);
        Turn turn = loop.turn();
        Runnable listener = this.listener;
        if (listener == null || turn.turns() != expected || turn.waiting() > 0 || outside.get() > 0) {
            return; // the end of this turn asks for the next look
        }
        told = expected;
        listener.run();
        if (loop.openChannels() > 0) {
            EventLoop netty = loop.loopCarrier().eventLoop();
            netty.execute(this::watchChannels);
        }
    }

    /** Looks again when there are no channels any more. */
    private void watchChannels() {
        if (!watchingChannels) {
            watchingChannels = true;
            loop.loopCarrier().eventLoop().schedule(this::lookAtChannels, CHANNELS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAtChannels() {
        watchingChannels = false;
        if (loop.openChannels() > 0) {
            watchChannels();
        } else {
            told = -1;
            ask();
        }
    }
}
