package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;

/**
 * Netty's handler, which tells when its blocking wait for I/O is no work: from its question whether it may block to its
 * question whether to measure what comes after the wait.
 */
final class WorkingIoHandler implements IoHandler {

    private final IoHandler delegate;

    private final Stretches work;

    private final Runnable onPolled;

    private final Runnable onRead;

    private final Context context = new Context();

    private WorkingIoHandler(IoHandler delegate, Stretches work, Runnable onPolled, Runnable onRead) {
        this.delegate = delegate;
        this.work = work;
        this.onPolled = onPolled;
        this.onRead = onRead;
    }

    /**
     * Returns a factory of handlers that count what is no wait as work of this event loop.
     * @param onPolled called when the poll is over, before what it has found is dealt with
     * @param onRead called when that has been dealt with
     */
    static IoHandlerFactory factory(IoHandlerFactory delegate, Stretches work, Runnable onPolled, Runnable onRead) {
        return executor -> new WorkingIoHandler(delegate.newHandler(executor), work, onPolled, onRead);
    }

    @Override
    public int run(IoHandlerContext asked) {
        context.delegate = asked;
        try {
            return delegate.run(context);
        } finally {
            work.begin(); // the tasks come next
            onRead.run();
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return delegate.register(handle);
    }

    @Override
    public void initialize() {
        delegate.initialize();
    }

    @Override
    public void prepareToDestroy() {
        delegate.prepareToDestroy();
    }

    @Override
    public void destroy() {
        delegate.destroy();
    }

    @Override
    public void wakeup() {
        delegate.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return delegate.isCompatible(handleType);
    }

    /** Netty's answers, overheard. One for all passes. */
    private final class Context implements IoHandlerContext {

        @SuppressWarnings("NullAway.Init") // set before each use
        private IoHandlerContext delegate;

        @Override
        public boolean canBlock() {
            boolean can = delegate.canBlock();
            if (can) {
                work.end();
            }
            return can;
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            work.begin();
            onPolled.run();
            return delegate.shouldReportActiveIoTime();
        }

        @Override
        public void reportActiveIoTime(long nanos) {
            delegate.reportActiveIoTime(nanos);
        }

        @Override
        public long delayNanos(long now) {
            return delegate.delayNanos(now);
        }

        @Override
        public long deadlineNanos() {
            return delegate.deadlineNanos();
        }
    }
}
