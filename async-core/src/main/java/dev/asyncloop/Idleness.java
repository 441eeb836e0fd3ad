package dev.asyncloop;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a loop has nothing to do, for a clock that waits for that.
 *
 * <p>Whoever leaves the turn free asks for a look. The look is a task of Netty's event loop, so what Netty was given
 * before is done by then; and it is repeated some times, because that may have given Netty more.
 */
final class Idleness {

    /** How many tasks of Netty's may each give it one more before that goes unnoticed. */
    private static final int LOOKS = 8;

    /** How long until the next look while channels are open: their end is no turn. */
    private static final int CHANNELS_MILLIS = 5;

    private final DefaultIOLoop loop;

    private volatile @Nullable Runnable listener;

    private final AtomicBoolean looking = new AtomicBoolean();

    /** Executor calls that have not ended, and coroutines in a blocking section. */
    private final AtomicInteger outside = new AtomicInteger();

    Idleness(DefaultIOLoop loop) {
        this.loop = loop;
    }

    void listen(Runnable listener) {
        this.listener = listener;
        turnIsFree();
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
        if (listener != null && looking.compareAndSet(false, true)) {
            EventLoop netty = loop.loopCarrier().eventLoop();
            if (!netty.isShuttingDown()) {
                netty.execute(() -> look(LOOKS));
            }
        }
    }

    private void look(int more) {
        if (!loop.turn().isFree() || outside.get() > 0) {
            looking.set(false); // there will be another turn, and somebody who leaves it free
            if (loop.turn().isFree() && outside.get() == 0) {
                turnIsFree(); // unless that was just before
            }
        } else if (more > 0) {
            loop.loopCarrier().eventLoop().execute(() -> look(more - 1));
        } else {
            looking.set(false);
            Runnable listener = this.listener;
            if (listener != null) {
                listener.run();
            }
            if (loop.openChannels() > 0) {
                loop.loopCarrier().eventLoop().schedule(this::turnIsFree, CHANNELS_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }
}
