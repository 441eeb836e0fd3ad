package dev.asyncloop.spring.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer of a connection, for one limit at a time. A limit that is lifted costs nothing: the timer finds out when it is
 * due. Only on the connection's event loop.
 */
final class ConnectionTimer {

    private final Runnable expired;

    private boolean limited;

    private long deadline;

    private @Nullable Future<?> scheduled;

    private long scheduledFor;

    ConnectionTimer(Runnable expired) {
        this.expired = expired;
    }

    /** Sets the limit that counts from now on; without one there is none. */
    void limit(ChannelHandlerContext context, @Nullable Duration limit) {
        if (limit == null) {
            lift();
            return;
        }
        limited = true;
        deadline = System.nanoTime() + limit.toNanos();
        if (scheduled == null || scheduledFor - deadline > 0) {
            stop();
            schedule(context);
        }
    }

    void lift() {
        limited = false;
    }

    private void schedule(ChannelHandlerContext context) {
        scheduledFor = deadline;
        scheduled = context.executor().schedule(() -> due(context), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void due(ChannelHandlerContext context) {
        scheduled = null;
        if (!limited || context.isRemoved()) {
            return;
        }
        if (deadline - System.nanoTime() > 0) {
            schedule(context);
        } else {
            limited = false;
            expired.run();
        }
    }

    void stop() {
        Future<?> timer = scheduled;
        if (timer != null) {
            timer.cancel(false);
            scheduled = null;
        }
    }
}
