package dev.asyncloop.internal.carrier;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
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

    /** EPOLLET and EPOLLONESHOT: with these, to be told the same again means something to the kernel. */
    private static final int NOT_LEVEL = 1 << 31 | 1 << 30;

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

    /** What is changed after this has told, by the question whether the handler may block, keeps it from blocking. */
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
        Registration registration = new Registration((EpollIoHandle) handle);
        registration.delegate = delegate.register(registration);
        return registration;
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
        changed.clear(); // there is no poll any more, and whoever keeps the loop would keep its channels
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

    /**
     * What one channel waits for. Only in the event loop's thread, but for what says otherwise. To the handler behind it is
     * the channel, so that the channel is never given another registration than this one.
     */
    private final class Registration implements IoRegistration, EpollIoHandle {

        private final EpollIoHandle handle;

        @SuppressWarnings("NullAway.Init") // set before anybody has this
        private IoRegistration delegate;

        /** What the kernel knows. */
        private @Nullable EpollIoOps told;

        /** What it has to know at the next poll; none if that is the same. */
        private @Nullable EpollIoOps wanted;

        private boolean listed;

        Registration(EpollIoHandle handle) {
            this.handle = handle;
        }

        /**
         * The first wish, and to wait for nothing any more, are told at once: they enter and leave the kernel's list. Any
         * thread; what another one wishes is told at the next poll.
         */
        @Override
        public long submit(IoOps ops) {
            if (!(ops instanceof EpollIoOps wish)) {
                return delegate.submit(ops); // which refuses it
            }
            if (!executor.isExecutorThread(Thread.currentThread())) {
                executor.execute(() -> tellLater(wish));
            } else if (told == null || told.value() == 0 || wish.value() == 0 || (wish.value() & NOT_LEVEL) != 0) {
                wanted = null;
                long id = delegate.submit(wish);
                told = wish;
                return id;
            } else {
                tellLater(wish);
            }
            return delegate.isValid() ? wish.value() : -1;
        }

        private void tellLater(EpollIoOps wish) {
            wanted = wish;
            if (!listed) {
                listed = true;
                changed.add(this);
            }
        }

        /** A number of a file that is closed may be that of another one by now. */
        void tell() {
            EpollIoOps wanted = this.wanted;
            this.wanted = null;
            listed = false;
            if (wanted == null || wanted.equals(told) || !handle.fd().isOpen() || !delegate.isValid()) {
                return;
            }
            try {
                delegate.submit(wanted);
                told = wanted;
            } catch (Throwable ex) { // whatever it is, the others have to be told
                log.debug("{} can't be watched any longer, and is closed", handle, ex);
                failLater(ex);
            }
        }

        /** What handlers do about it belongs to the tasks: the poll that comes next would keep it waiting. */
        private void failLater(Throwable cause) {
            try {
                executor.execute(() -> fail(cause));
            } catch (Throwable ex) { // there are no tasks any more
                fail(cause);
            }
        }

        /** Does what a channel of Netty's does with the failure of a wish, as nobody waits for it any more. */
        private void fail(Throwable cause) {
            try {
                if (handle instanceof Channel.Unsafe channel) {
                    channel.voidPromise().channel().pipeline().fireExceptionCaught(cause);
                }
                handle.close();
            } catch (Throwable ex) {
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

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            handle.handle(this, event);
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }

        @Override
        public String toString() {
            return handle.toString();
        }
    }
}
