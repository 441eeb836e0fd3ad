package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What epoll is told, and when. */
class CoalescingIoHandlerTest {

    private static final int EDGE = 1 << 31;

    private static final int ONE_SHOT = 1 << 30;

    /** What the handler behind is told, one after the other. */
    private final List<String> told = new ArrayList<>();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private Recorder recorder;

    private IoHandler handler;

    private EpollIoOps read;

    private EpollIoOps none;

    private EpollIoOps idle;

    @BeforeAll
    static void onlyWithEpoll() {
        assumeThat(Epoll.isAvailable()).isTrue();
    }

    @BeforeEach
    void makeHandler() {
        none = EpollIoOps.NONE;
        idle = EpollIoOps.EPOLLRDHUP;
        read = idle.with(EpollIoOps.EPOLLIN);
        recorder = new Recorder();
        handler = CoalescingIoHandler.factory(executor -> recorder).newHandler(new Executor(Thread.currentThread()));
    }

    @AfterEach
    void closeFiles() throws IOException {
        for (Recorder.Registered registered : recorder.all) {
            registered.handle.fd().close();
        }
    }

    @Test
    void offAndOnInOnePassIsNothing() throws Exception {
        IoRegistration a = registered("a", read);
        a.submit(idle);
        a.submit(read);
        poll();
        assertTold("poll");
    }

    @Test
    void aChangeIsToldOnceAndBeforeThePoll() throws Exception {
        IoRegistration a = registered("a", read);
        a.submit(idle);
        a.submit(read);
        a.submit(idle);
        assertTold();
        poll();
        assertTold("a " + idle, "poll");
        poll();
        assertTold("poll");
    }

    @Test
    void offAndOnAcrossThePollsIsToldEachTime() throws Exception {
        IoRegistration a = registered("a", read);
        for (int i = 0; i < 3; i++) {
            a.submit(idle);
            poll();
            a.submit(read);
            poll();
            assertTold("a " + idle, "poll", "a " + read, "poll");
        }
    }

    @Test
    void eachIsToldWhatItHasToKnow() throws Exception {
        IoRegistration a = registered("a", read);
        IoRegistration b = registered("b", idle);
        IoRegistration c = registered("c", read);
        b.submit(read);
        a.submit(idle);
        c.submit(idle);
        b.submit(read);
        c.submit(read);
        poll();
        assertTold("b " + read, "a " + idle, "poll");
    }

    @Test
    void theFirstWishIsToldAtOnce() throws Exception {
        IoRegistration a = handler.register(new Handle("a"));
        assertThat(a.submit(read)).isEqualTo(read.value());
        assertTold("a " + read);
        poll();
        assertTold("poll");
    }

    @Test
    void aFirstWishForNothingIsNoneAtAll() throws Exception {
        IoRegistration a = registered("a", none);
        a.submit(read);
        assertTold("a " + read);
    }

    @Test
    void nothingAnyMoreIsToldAtOnceAndSoIsWhatComesAfterIt() throws Exception {
        IoRegistration a = registered("a", read);
        a.submit(idle);
        a.submit(none);
        assertTold("a " + none);
        a.submit(idle);
        assertTold("a " + idle);
        poll();
        assertTold("poll");
        a.submit(read);
        poll();
        assertTold("a " + read, "poll");
    }

    @Test
    void aWishThatWasPutOffDoesNotComeAfterNothingAnyMore() throws Exception {
        IoRegistration a = registered("a", read);
        a.submit(idle);
        a.submit(none);
        poll();
        assertTold("a " + none, "poll");
    }

    @Test
    void theNumberOfAClosedFileIsNotTouched() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = registered(handle, read);
        IoRegistration b = registered("b", read);
        a.submit(idle);
        b.submit(idle);
        handle.fd().close();
        poll();
        assertTold("b " + idle, "poll");
    }

    @Test
    void aCancelledRegistrationIsNotTouchedButTheNextOfTheSameChannelIs() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration first = registered(handle, read);
        first.submit(idle);
        assertThat(first.cancel()).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(first.submit(read)).isEqualTo(-1);
        IoRegistration second = handler.register(handle);
        second.submit(read);
        second.submit(idle);
        poll();
        assertTold("a " + read, "a " + idle, "poll");
    }

    @Test
    void whatIsPutOffIsAnsweredAsNettyAnswersIt() throws Exception {
        IoRegistration a = registered("a", read);
        assertThat(a.submit(idle)).isEqualTo(idle.value());
    }

    @Test
    void whatIsNoWishForEpollIsRefusedAtOnceAndClosesNothing() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = registered(handle, read);
        assertThatThrownBy(() -> a.submit(new IoOps() {})).isInstanceOf(IllegalArgumentException.class);
        a.submit(idle);
        poll();
        assertTold("a " + idle, "poll");
        assertThat(handle.closed).isFalse();
    }

    /** Who asks for an edge asks to be told again of what is there, even if the wish is the same. */
    @Test
    void whatEpollForgetsByItselfIsToldAtOnce() throws Exception {
        for (int flag : new int[] {EDGE, ONE_SHOT}) {
            EpollIoOps wish = EpollIoOps.valueOf(read.value() | flag);
            IoRegistration a = registered("a", wish);
            a.submit(wish);
            poll();
            assertTold("a " + wish, "poll");
        }
    }

    @Test
    void anotherThreadsWishIsToldInTheThreadOfTheLoop() throws Exception {
        IoRegistration a = registered("a", read);
        inAnotherThread(() -> a.submit(idle));
        poll();
        assertTold("poll");
        tasks.remove().run();
        poll();
        assertTold("a " + idle, "poll");
    }

    @Test
    void anotherThreadsFirstWishIsToldInTheThreadOfTheLoop() throws Exception {
        IoRegistration a = handler.register(new Handle("a"));
        inAnotherThread(() -> a.submit(read));
        assertTold();
        tasks.remove().run();
        poll();
        assertTold("a " + read, "poll");
    }

    @Test
    void anotherThreadsWishThatFailsClosesWhoseItIs() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = handler.register(handle);
        recorder.failure = new UncheckedIOException(new IOException("pretended"));
        inAnotherThread(() -> a.submit(read));
        tasks.remove().run();
        poll();
        tasks.remove().run();
        assertThat(handle.closed).isTrue();
    }

    @Test
    void aWishThatFailsAtOnceIsTheCallersAndIsNotTakenForTold() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = handler.register(handle);
        recorder.failure = new UncheckedIOException(new IOException("pretended"));
        assertThatThrownBy(() -> a.submit(read)).isSameAs(recorder.failure);
        assertThat(handle.closed).isFalse();
        recorder.failure = null;
        a.submit(read);
        poll();
        assertTold("a " + read, "poll");
    }

    @Test
    void aWishThatFailsAtThePollClosesWhoseItIsAndTheOthersAreTold() throws Exception {
        assertOthersAreToldAfter(new UncheckedIOException(new IOException("pretended")));
    }

    @Test
    void soDoesAnError() throws Exception {
        assertOthersAreToldAfter(new LinkageError("pretended"));
    }

    private void assertOthersAreToldAfter(Throwable failure) throws Exception {
        IoRegistration a = registered("a", read);
        Handle failing = new Handle("b");
        IoRegistration b = registered(failing, read);
        IoRegistration c = registered("c", read);
        IoRegistration d = registered("d", read);
        failing.whenClosed = () -> { // as handlers do when a channel is closed: of one that was told, and of another
            a.submit(read);
            d.submit(idle);
            throw new IllegalStateException("pretended");
        };
        recorder.failure = failure;
        recorder.failing = failing;
        a.submit(idle);
        b.submit(idle);
        c.submit(idle);
        poll();
        assertTold("a " + idle, "c " + idle, "poll");
        assertThat(failing.closed)
                .as("by a task, which keeps the poll from waiting")
                .isFalse();
        tasks.remove().run();
        assertThat(failing.closed).isTrue();
        poll();
        assertTold("a " + read, "d " + idle, "poll");
    }

    /** It may be used to wish something else. */
    @Test
    void theHandleIsGivenTheRegistrationThatTheCallerHas() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = registered(handle, read);
        handle.onEvent = registration -> {
            assertThat(registration).isSameAs(a);
            registration.submit(idle);
        };
        recorder.fire();
        a.submit(read);
        poll();
        assertTold("poll");
    }

    @Test
    void theHandleHearsOfItsRegistrationAndOfItsEnd() throws Exception {
        Handle handle = new Handle("a");
        IoRegistration a = handler.register(handle);
        assertThat(handle.registrations).isEqualTo(1);
        assertThat(a.<String>attachment()).isEqualTo("attachment of a");
        a.cancel();
        assertThat(handle.registrations).isZero();
        assertThat(handler.isCompatible(Handle.class)).isTrue();
        assertThatThrownBy(() -> handler.register(new IoHandle() {
                    @Override
                    public void handle(IoRegistration registration, IoEvent event) {}

                    @Override
                    public void close() {}
                }))
                .isInstanceOf(RuntimeException.class);
    }

    private IoRegistration registered(String name, EpollIoOps first) throws Exception {
        return registered(new Handle(name), first);
    }

    private IoRegistration registered(Handle handle, EpollIoOps first) throws Exception {
        IoRegistration registration = handler.register(handle);
        registration.submit(first);
        told.clear();
        return registration;
    }

    private void poll() {
        assertThat(handler.run(new NoContext())).isEqualTo(42);
    }

    /** And forgets it. */
    private void assertTold(String... expected) {
        assertThat(told).containsExactly(expected);
        told.clear();
    }

    private static void inAnotherThread(Runnable action) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(action);
        thread.join();
    }

    private final class Executor implements ThreadAwareExecutor {

        private final Thread thread;

        Executor(Thread thread) {
            this.thread = thread;
        }

        @Override
        public boolean isExecutorThread(Thread thread) {
            return thread == this.thread;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }
    }

    private static final class NoContext implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long now) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }

    private interface OnEvent {

        void handle(IoRegistration registration);
    }

    private static final class Handle implements EpollIoHandle {

        private final String name;

        private final FileDescriptor fd;

        private int registrations;

        private boolean closed;

        private Runnable whenClosed = () -> {};

        private OnEvent onEvent = registration -> {};

        Handle(String name) throws IOException {
            this.name = name;
            this.fd = FileDescriptor.from(new File("/dev/null"));
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            onEvent.handle(registration);
        }

        @Override
        public void registered() {
            registrations++;
        }

        @Override
        public void unregistered() {
            registrations--;
        }

        @Override
        public void close() throws IOException {
            closed = true;
            fd.close();
            whenClosed.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Does what Netty's handler for epoll does, but for the system's calls. */
    private final class Recorder implements IoHandler {

        private final List<Registered> all = new ArrayList<>();

        private Throwable failure;

        /** Only its wishes fail, or all if there is none. */
        private Handle failing;

        void fire() {
            for (Registered registered : all) {
                registered.handle.handle(registered, new IoEvent() {});
            }
        }

        @Override
        public int run(IoHandlerContext context) {
            told.add("poll");
            return 42;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            Registered registered = new Registered((EpollIoHandle) handle);
            all.add(registered);
            handle.registered();
            return registered;
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return EpollIoHandle.class.isAssignableFrom(handleType);
        }

        private final class Registered implements IoRegistration {

            private final EpollIoHandle handle;

            private boolean cancelled;

            Registered(EpollIoHandle handle) {
                this.handle = handle;
            }

            @Override
            @SuppressWarnings("unchecked")
            public <T> T attachment() {
                return (T) ("attachment of " + handle);
            }

            @Override
            public long submit(IoOps ops) {
                if (!(ops instanceof EpollIoOps epoll)) {
                    throw new IllegalArgumentException("IoOps not supported");
                }
                if (cancelled) {
                    return -1;
                }
                if (failure != null && (failing == null || failing.fd().equals(handle.fd()))) {
                    throw CoalescingIoHandlerTest.<RuntimeException>unchecked(failure);
                }
                told.add(handle + " " + ops);
                return epoll.value();
            }

            @Override
            public boolean isValid() {
                return !cancelled;
            }

            @Override
            public boolean cancel() {
                if (cancelled) {
                    return false;
                }
                cancelled = true;
                handle.unregistered();
                return true;
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> X unchecked(Throwable failure) throws X {
        throw (X) failure;
    }
}
