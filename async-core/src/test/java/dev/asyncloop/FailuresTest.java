package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Law 5: no error disappears. */
class FailuresTest {

    private static Integer failUnchecked() {
        throw new IllegalArgumentException("original");
    }

    @OnBothCarriers
    void awaitThrowsTheOriginalUncheckedExceptionAndSaysWhereItWasAwaited(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<Integer> task = Async.spawn(FailuresTest::failUnchecked);
                assertThatThrownBy(() -> await(task))
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessage("original")
                        .satisfies(ex -> {
                            assertThat(ex.getStackTrace()[0].getMethodName()).isEqualTo("failUnchecked");
                            assertThat(ex.getSuppressed()).hasSize(1);
                            assertThat(ex.getSuppressed()[0].getStackTrace())
                                    .anyMatch(frame -> frame.getClassName().startsWith(FailuresTest.class.getName()));
                        });
                return null;
            });
        }
    }

    @OnBothCarriers
    void awaitWrapsACheckedException(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<Integer> task = Async.spawn(() -> {
                    throw new IOException("checked");
                });
                assertThatThrownBy(() -> await(task))
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(IOException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void awaitUnwrapsWhatCompletableFuturePutsAround(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                CompletableFuture<Integer> future = CompletableFuture.supplyAsync(FailuresTest::failUnchecked);
                assertThatThrownBy(() -> await(future.thenApply(x -> x)))
                        .isExactlyInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> await(Mono.fromCallable(FailuresTest::failUnchecked)))
                        .isExactlyInstanceOf(IllegalArgumentException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aSharedExceptionWithoutAStackIsNotTouched(Carrier carrier) {
        IllegalStateException shared = new IllegalStateException("shared") {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Throwable fillInStackTrace() {
                return this;
            }
        };
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                for (int i = 0; i < 3; i++) {
                    Task<?> task = Async.spawn(() -> {
                        throw shared;
                    });
                    assertThatThrownBy(() -> await(task)).isSameAs(shared);
                }
                return null;
            });
        }
        assertThat(shared.getSuppressed()).isEmpty();
    }

    @OnBothCarriers
    void aFailureThatNobodyAwaitedIsLoggedOnceAtItsOwnersEndWithItsName(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Async.spawn(FailuresTest::failUnchecked);
                yieldNow();
                yieldNow();
                assertThat(log.messages()).isEmpty();
                return null;
            });
            assertThat(log.messages())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("child #", "of 'runSync'", "nobody awaited");
            assertThat(log.events().getFirst().getThrowableProxy().getMessage()).isEqualTo("original");

            loop.spawn("forgotten", FailuresTest::failUnchecked);
            log.await(message -> message.contains("'forgotten'"));
            Loops.settle(loop);
            assertThat(log.messages()).hasSize(2);
        }
    }

    @OnBothCarriers
    void aFailureThatWasAwaitedIsNotLogged(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<Integer> task = Async.spawn(FailuresTest::failUnchecked);
                assertThatThrownBy(() -> await(task)).isInstanceOf(IllegalArgumentException.class);
                Task<Integer> handled = Async.spawn(FailuresTest::failUnchecked);
                assertThat(await(handled.exceptionally(ex -> 3))).isEqualTo(3);
                return null;
            });
            assertThatThrownBy(() -> loop.runSync(FailuresTest::failUnchecked))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            Loops.settle(loop);
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void aCallbackThatThrowsIsLoggedAndTheLoopGoesOn(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch later = new CountDownLatch(1);
            loop.addCallback(FailuresTest::failUnchecked);
            loop.addCallback(later::countDown);
            assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
            log.await(message -> message.contains("nobody awaited"));
        }
    }

    @OnBothCarriers
    void aForeignThreadGetsTheFailureAsFutureHasIt(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<Integer> task = loop.spawn(FailuresTest::failUnchecked);
            assertThatThrownBy(task::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    @OnBothCarriers
    void aThrowingUncaughtExceptionHandlerDoesNotEndTheCarrier(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Thread child = Thread.ofVirtual()
                        .uncaughtExceptionHandler((thread, ex) -> {
                            throw new IllegalStateException("handler");
                        })
                        .start(FailuresTest::failUnchecked);
                Async.blocking(() -> child.join(java.time.Duration.ofSeconds(20)));
                return null;
            });
            assertThat(loop.runSync(() -> 1)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aStackOverflowEndsOnlyItsCoroutine(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> overflow(1))).isInstanceOf(StackOverflowError.class);
            assertThat(loop.runSync(() -> 1)).isEqualTo(1);
        }
    }

    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @OnBothCarriers
    void anErrorOfANettyHandlerDoesNotEndTheEventLoop(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.eventLoopGroup()
                            .submit(() -> {
                                throw new AssertionError("from a task");
                            })
                            .await(20, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(loop.eventLoopGroup().submit(() -> 1).get(20, TimeUnit.SECONDS))
                    .isEqualTo(1);
        }
    }
}
