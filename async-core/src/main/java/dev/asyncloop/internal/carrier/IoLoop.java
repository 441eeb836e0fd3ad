package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import java.util.function.BooleanSupplier;

/**
 * Netty's event loop, turned by a thread of ours.
 */
final class IoLoop extends ManualIoEventLoop {

    /** Netty's tasks are given this long between two looks at the sockets. */
    static final long TASK_BUDGET_NANOS = 1_000_000;

    private final BooleanSupplier mayBlock;

    IoLoop(Thread owner, IoHandlerFactory handlers, BooleanSupplier mayBlock) {
        super(owner, handlers);
        this.mayBlock = mayBlock;
    }

    /** Asked by the handler after it has announced its sleep and before it sleeps. */
    @Override
    protected boolean canBlock() {
        return mayBlock.getAsBoolean();
    }
}
