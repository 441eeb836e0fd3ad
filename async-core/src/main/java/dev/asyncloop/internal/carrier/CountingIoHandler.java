package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's handler with a count of what is registered, which it does not give away.
 */
final class CountingIoHandler implements IoHandler {

    private final IoHandler delegate;

    private final Queue<IoRegistration> registrations;

    private CountingIoHandler(IoHandler delegate, Queue<IoRegistration> registrations) {
        this.delegate = delegate;
        this.registrations = registrations;
    }

    /** The handlers of one event loop, and what is registered there. */
    static final class Factory implements IoHandlerFactory {

        private final IoHandlerFactory delegate;

        private final Queue<IoRegistration> registrations = new ConcurrentLinkedQueue<>();

        Factory(IoHandlerFactory delegate) {
            this.delegate = delegate;
        }

        @Override
        public IoHandler newHandler(ThreadAwareExecutor executor) {
            return new CountingIoHandler(delegate.newHandler(executor), registrations);
        }

        /** Returns how many channels are registered. Any thread. */
        int count() {
            registrations.removeIf(registration -> !registration.isValid());
            return registrations.size();
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        IoRegistration registration = delegate.register(handle);
        registrations.add(registration);
        return registration;
    }

    @Override
    public void initialize() {
        delegate.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return delegate.run(context);
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
}
