package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Netty's event loop, turned by a thread of ours.
 */
final class IoLoop extends ManualIoEventLoop {

    /** Netty's tasks are given this long between two looks at the sockets. */
    static final long TASK_BUDGET_NANOS = 1_000_000;

    private final BooleanSupplier mayBlock;

    private final AtomicReference<@Nullable Runnable> whenIdle = new AtomicReference<>();

    private final Stretches work;

    private volatile long passes;

    /**
     * Makes an event loop.
     * @param onPolled called when its poll is over, before what that has found is dealt with
     * @param onRead called when that has been dealt with, before the tasks
     */
    IoLoop(Thread owner, IoHandlerFactory handlers, BooleanSupplier mayBlock, Runnable onPolled, Runnable onRead) {
        this(owner, handlers, mayBlock, onPolled, onRead, new Stretches());
    }

    private IoLoop(
            Thread owner,
            IoHandlerFactory handlers,
            BooleanSupplier mayBlock,
            Runnable onPolled,
            Runnable onRead,
            Stretches work) {
        super(owner, WorkingIoHandler.factory(handlers, work, onPolled, onRead));
        this.mayBlock = mayBlock;
        this.work = work;
    }

    /** Returns when this loop does something else than to wait for I/O; its thread begins and ends each pass. */
    Stretches work() {
        return work;
    }

    /** Counts a pass. Only by the thread that turns this loop. */
    void countPass() {
        passes++;
    }

    /** Returns how many passes there were. Any thread. */
    long passes() {
        return passes;
    }

    /** Calls this once, in this loop's thread, when it has nothing to do but wait. One at a time. Any thread. */
    void whenIdle(Runnable action) {
        whenIdle.set(action);
        execute(() -> {}); // wakes it; and its tasks are empty when canBlock is asked
    }

    /**
     * Asked by the handler after it has announced its sleep and before it sleeps, if there is no task and none is due. What
     * the action has given this loop wakes nobody, so the handler has to come again.
     */
    @Override
    protected boolean canBlock() {
        Runnable action = whenIdle.get() != null ? whenIdle.getAndSet(null) : null;
        if (action != null) {
            action.run();
            return false;
        }
        return mayBlock.getAsBoolean();
    }
}
