package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Failures whose own methods fail, and failures that must not be altered. */
class HostileFailuresTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final IllegalStateException SHARED = new IllegalStateException("shared");

    private static final class Hostile extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no string");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("no trace");
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("no equality");
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    private static final class Stackless extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Stackless() {
            super("stackless", null, false, false);
        }
    }

    @OnBothCarriers
    void aChildWhoseFailureIsHostileEndsItsGroup(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<String> task = loop.spawn(() -> {
                try {
                    TaskGroup.run(group -> {
                        group.spawn("hostile", () -> {
                            yieldNow();
                            throw new Hostile();
                        });
                        group.spawn("hostile too", () -> {
                            try {
                                sleep(LONG);
                            } catch (CancellationException ex) {
                                throw new Hostile();
                            }
                        });
                        sleep(LONG);
                        return null;
                    });
                } catch (Hostile ex) {
                    return "hostile";
                }
                return "?";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("hostile");
        }
    }

    /** As two do that join the same future, which throws one and the same exception each time. */
    @OnBothCarriers
    void twoChildrenThatThrowTheSameExceptionEndTheirGroup(Carrier carrier) {
        CompletionException same = new CompletionException(new IOException("the same"));
        try (IOLoop loop = Loops.on(carrier)) {
            Task<Object> task = loop.spawn(() -> TaskGroup.run(group -> {
                group.spawn("second", () -> {
                    try {
                        sleep(LONG);
                    } catch (CancellationException ex) {
                        throw same;
                    }
                });
                group.spawn("first", () -> {
                    throw same;
                });
                sleep(LONG);
                return null;
            }));
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("the same");
        }
    }

    private static final class EndlessMessage extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    @OnBothCarriers
    void aChildWhoseMessageNeverEndsEndsItsGroup(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<String> task = loop.spawn(() -> {
                try {
                    TaskGroup.run(group -> {
                        group.spawn("other", () -> sleep(LONG));
                        group.spawn("endless", () -> {
                            throw new EndlessMessage();
                        });
                        return null;
                    });
                } catch (EndlessMessage ex) {
                    return "endless";
                }
                return "?";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("endless");
        }
    }

    private static final class NoCause extends CompletionException {

        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }
    }

    @OnBothCarriers
    void aSupervisedChildWhoseCauseIsHostileEndsItsGroup(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<String> task =
                    loop.spawn(() -> TaskGroup.run(TaskGroup.Options.defaults().withSupervising(true), group -> {
                        group.spawn("hostile", () -> {
                            throw new NoCause();
                        });
                        return "done";
                    }));
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("done");
        }
    }

    @OnBothCarriers
    void aBodyWhoseFailureIsHostileEndsItsGroup(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<String> task = loop.spawn(() -> {
                try {
                    TaskGroup.run(group -> {
                        group.spawn("child", () -> sleep(LONG));
                        yieldNow();
                        throw new Hostile();
                    });
                } catch (Hostile ex) {
                    return "hostile";
                }
                return "?";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("hostile");
        }
    }

    @OnBothCarriers
    void aWaitForAFutureEndsAlsoWhenItsFailureIsHostile(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<String> foreign = new CompletableFuture<>();
            Task<String> task = loop.spawn(() -> {
                try {
                    return await(foreign);
                } catch (Hostile ex) {
                    return "hostile";
                }
            });
            Loops.settle(loop);
            foreign.completeExceptionally(new Hostile());
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("hostile");
        }
    }

    @OnBothCarriers
    void aWaitForAFutureThatRefusesToCallBackFails(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<String> refusing = new CompletableFuture<>() {
                @Override
                public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
                    throw new UnsupportedOperationException("no dependents");
                }
            };
            loop.callLater(Duration.ofMillis(5), () -> refusing.complete("value"));
            assertThatThrownBy(() -> loop.runSync(Duration.ofSeconds(20), () -> await(refusing)))
                    .hasMessage("no dependents");
        }
    }

    @OnBothCarriers
    void aCoroutineWhoseFailureIsHostileReallyEnds(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Task<String> task = loop.spawn(() -> {
                Task<?> child = Async.spawn(() -> {
                    yieldNow();
                    throw new Hostile();
                });
                try {
                    await(child);
                } catch (Hostile ex) {
                    return "hostile";
                }
                return "?";
            });
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("hostile");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (loop.statistics().live() > 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(loop.statistics().live()).isZero();
        }
    }

    @OnBothCarriers
    void aCheckedFailureThatTheBodyAwaitsIsNotItsOwnSuppressed(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            Task<Integer> failing = group.spawn("failing", () -> {
                                throw new IOException("checked");
                            });
                            return await(failing);
                        }))
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(IOException.class)
                        .satisfies(ex ->
                                assertThat(ex.getSuppressed()).allMatch(suppressed -> suppressed instanceof AwaitedAt));
                return null;
            });
        }
    }

    private static void twoFail(RuntimeException first) {
        assertThatThrownBy(() -> TaskGroup.run(group -> {
                    group.spawn("second", () -> {
                        try {
                            sleep(LONG);
                        } catch (CancellationException ex) {
                            throw new IllegalArgumentException("later");
                        }
                    });
                    group.spawn("first", () -> {
                        throw first;
                    });
                    sleep(LONG);
                    return null;
                }))
                .isSameAs(first);
    }

    @OnBothCarriers
    void aLaterFailureThatCannotBeSuppressedIsReported(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                twoFail(new Stackless());
                return null;
            });
            assertThat(log.messages()).hasSize(1).allMatch(message -> message.contains("'second'"));
        }
    }

    @OnBothCarriers
    void aSharedFailureIsNotAltered(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                twoFail(SHARED);
                Promise<Integer> shared = loop.promise("shared");
                Promise<Integer> other = loop.promise("other");
                shared.fail(SHARED);
                other.fail(new IllegalArgumentException("later"));
                assertThatThrownBy(() -> gatherAll(List.of(shared.task(), other.task())))
                        .isSameAs(SHARED);
                return null;
            });
            assertThat(SHARED.getSuppressed()).isEmpty();
            assertThat(log.messages())
                    .hasSize(2)
                    .anyMatch(message -> message.contains("'second'"))
                    .anyMatch(message -> message.contains("'other'"));
        }
    }
}
