package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty's handler for epoll, which tells the kernel what a channel waits for when it is about to poll, and only if that is
 * something else than at the last poll; as the selectors of {@code java.nio} do. A server that stops to read for each request
 * and goes on with its answer, as reactor-netty does, would else pay for two calls of the system that come to nothing.
 */
final class CoalescingIoHandler implements IoHandler {

    private static final Logger log = LoggerFactory.getLogger(CoalescingIoHandler.class);

    private final IoHandler delegate;

    private final ThreadAwareExecutor executor;

    /** Whose wishes may have changed since the last poll. */
    private final List<Registration> changed = new ArrayList<>();

    private CoalescingIoHandler(IoHandler delegate, ThreadAwareExecutor executor) {
        this.delegate = delegate;
        this.executor = executor;
    }

    /** Returns a factory of handlers around those of another one, which are for epoll. */
    static IoHandlerFactory factory(IoHandlerFactory delegate) {
        return executor -> new CoalescingIoHandler(delegate.newHandler(executor), executor);
    }

    @Override
    public int run(IoHandlerContext context) {
        tell();
        return delegate.run(context);
    }

    private void tell() {
        for (int i = 0; i < changed.size(); i++) { // what fails may change something in turn
            changed.get(i).tell();
        }
        changed.clear();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration((EpollIoHandle) handle, delegate.register(handle));
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

    /** What one channel waits for. Only in the event loop's thread, but for what says otherwise. */
    private final class Registration implements IoRegistration {

        private final EpollIoHandle handle;

        private final IoRegistration delegate;

        /** What the kernel knows. */
        private @Nullable IoOps told;

        /** What it has to know at the next poll; none if that is the same. */
        private @Nullable IoOps wanted;

        private boolean listed;

        Registration(EpollIoHandle handle, IoRegistration delegate) {
            this.handle = handle;
            this.delegate = delegate;
        }

        /** The first wish, and to wait for nothing any more, are told at once: they enter and leave the kernel's list. */
        @Override
        public long submit(IoOps ops) {
            if (!executor.isExecutorThread(Thread.currentThread())) {
                executor.execute(() -> submit(ops));
                return 0;
            }
            if (told == null || told.equals(EpollIoOps.NONE) || ops.equals(EpollIoOps.NONE)) {
                wanted = null;
                told = ops;
                return delegate.submit(ops);
            }
            wanted = ops;
            if (!listed) {
                listed = true;
                changed.add(this);
            }
            return delegate.isValid() ? 0 : -1;
        }

        /** A number of a file that is closed may be that of another one by now. */
        void tell() {
            IoOps wanted = this.wanted;
            this.wanted = null;
            listed = false;
            if (wanted == null || wanted.equals(told) || !handle.fd().isOpen() || !delegate.isValid()) {
                return;
            }
            told = wanted;
            try {
                delegate.submit(wanted);
            } catch (RuntimeException ex) {
                log.debug("{} can't be watched any longer, and is closed", handle, ex);
                close();
            }
        }

        private void close() {
            try {
                handle.close();
            } catch (Exception ex) {
                log.debug("Exception while {} is closed", handle, ex);
            }
        }

        /** Any thread. */
        @Override
        public <T> T attachment() {
            return delegate.attachment();
        }

        /** Any thread. */
        @Override
        public boolean isValid() {
            return delegate.isValid();
        }

        /** Any thread. */
        @Override
        public boolean cancel() {
            return delegate.cancel();
        }
    }
}
