package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What an application throws where nobody expects it costs no more than the coroutine it belongs to. */
class HostileCodeTest {

    @OnBothCarriers
    void anOnCancelThatThrowsEndsNeitherItsOwnerNorTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<Task<Integer>> owner = loop.spawn("owner", () -> {
                Promise<Integer> promise = loop.promise("fragile");
                promise.onCancel(() -> {
                    throw new IllegalStateException("from onCancel");
                });
                return promise.task();
            });
            Task<Integer> owned = owner.get(5, TimeUnit.SECONDS);
            assertThatThrownBy(() -> owned.get(5, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(loop.spawn(() -> 1).get(5, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(log.messages()).anyMatch(message -> message.contains("onCancel") && message.contains("fragile"));
        }
    }

    @OnBothCarriers
    void anOnCancelThatThrowsDoesNotKeepALimitFromTheOtherTasks(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<Boolean> task = loop.spawn(() -> {
                List<Task<Integer>> others = new ArrayList<>();
                assertThatThrownBy(() -> Async.withTimeout(Duration.ofMillis(5), () -> {
                            others.add(loop.<Integer>promise("other").task());
                            Promise<Integer> fragile = loop.promise("fragile");
                            fragile.onCancel(() -> {
                                throw new IllegalStateException("from onCancel");
                            });
                            return Async.await(fragile.task());
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                yieldNow();
                return others.getFirst().isCancelled();
            });
            assertThat(task.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @OnBothCarriers
    void aFailureThatCannotBeLoggedDoesNotEndTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("unspeakable", () -> {
                yieldNow();
                throw new Unspeakable();
            });
            log.await(message -> message.contains("unspeakable") && message.contains("Unspeakable"));
            assertThat(loop.spawn(() -> 1).get(5, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void anOnCancelWhoseFailureCannotBeLoggedEndsNeitherWhoCancelsNorTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            assertThat(hostile(loop).task().cancel(false)).isTrue();
            assertThat(loop.runSync(() -> hostile(loop).task().cancel(false))).isTrue();
            Task<?> owner = loop.spawn(
                    () -> { // in the turn of a timer
                        assertThatThrownBy(() -> withTimeout(
                                        Duration.ofMillis(1),
                                        () -> await(hostile(loop).task())))
                                .isInstanceOf(AsyncTimeoutException.class);
                    });
            owner.get(20, TimeUnit.SECONDS);
            assertThat(log.messages())
                    .hasSize(3)
                    .allSatisfy(message -> assertThat(message).contains("onCancel of 'hostile'", "Unspeakable"));
        }
    }

    private static Promise<String> hostile(IOLoop loop) {
        Promise<String> promise = loop.promise("hostile");
        promise.onCancel(() -> {
            throw new Unspeakable();
        });
        return promise;
    }

    @OnBothCarriers
    void aHandlerOfUncaughtFailuresWhoseOwnFailureCannotBeLoggedDoesNotEndTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn(() -> blocking(() -> {
                        Thread thread = Thread.ofVirtual()
                                .uncaughtExceptionHandler((failed, failure) -> {
                                    throw new Unspeakable();
                                })
                                .start(() -> {
                                    throw new IllegalStateException("uncaught");
                                });
                        return thread.join(Duration.ofSeconds(20));
                    }))
                    .get(20, TimeUnit.SECONDS);
            assertThat(loop.spawn(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aClockThatFailsOnceEndsNoThreadOfTheLoopAndKeepsNoTimerFromGoingOff(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            for (int failing = 0; failing < 6; failing++) {
                FailingClock clock = new FailingClock();
                try (IOLoop loop = IOLoop.create(Loops.options(carrier).withClock(clock))) {
                    CountDownLatch due = new CountDownLatch(1);
                    loop.callLater(Duration.ofMillis(20), due::countDown);
                    clock.failOnceAfter(failing);
                    assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
                    assertThat(loop.spawn(() -> 1).get(20, TimeUnit.SECONDS)).isEqualTo(1);
                }
            }
        }
    }

    /** Fails in a thread of the loop, where nobody calls it who could be told. */
    private static final class FailingClock implements LoopClock {

        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

        void failOnceAfter(int calls) {
            left.set(calls);
        }

        @Override
        public long nanoTime() {
            String thread = Thread.currentThread().getName();
            if (thread.equals("test") || thread.equals("test-timer")) {
                if (left.getAndDecrement() == 0) {
                    throw new OutOfMemoryError("pretended");
                }
            }
            return System.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }
    }

    private static final class Unspeakable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
