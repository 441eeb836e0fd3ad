package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Which tasks a limit or a group's failure cancels: all that were started within it, and no others. */
class OwnedTasksTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final Duration LIMIT = Duration.ofMillis(10);

    @OnBothCarriers
    void aTaskThatTakesAnotherWithItKeepsNoneOfTheRestAlive(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            tasks.add(loop.<Integer>promise("first").task());
                            Task<Integer> inner = loop.<Integer>promise("inner").task();
                            tasks.add(inner);
                            tasks.add(inner.orTimeout(LONG)); // cancelled, it cancels the inner one at once
                            group.spawn("failing", () -> {
                                yieldNow();
                                throw new IllegalStateException("boom");
                            });
                            sleep(LONG);
                            return null;
                        }))
                        .hasMessage("boom");
                assertThat(tasks).allMatch(Task::isCancelled);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aShieldKeepsALimitFromWhatItHasStarted(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<Integer> cleanedUp = new ArrayList<>();
            loop.runSync(() -> {
                assertThatThrownBy(() -> withTimeout(LIMIT, () -> {
                            cleanedUp.add(shielded(() -> {
                                Task<Integer> cleanUp = Async.spawn(() -> {
                                    clock.advance(LIMIT);
                                    for (int i = 0; i < 8; i++) {
                                        yieldNow();
                                    }
                                    return 7;
                                });
                                return await(cleanUp);
                            }));
                            yieldNow();
                            return null;
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                return null;
            });
            assertThat(cleanedUp).containsExactly(7);
        }
    }

    @OnBothCarriers
    void aShieldKeepsAFailureOfTheGroupFromTheGroupInside(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> cleanedUp = new ArrayList<>();
            loop.runSync(() -> {
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            group.spawn("failing", () -> {
                                yieldNow();
                                throw new IllegalStateException("boom");
                            });
                            return shielded(() -> TaskGroup.run(inner -> {
                                inner.spawn("cleaning", () -> {
                                    for (int i = 0; i < 8; i++) {
                                        yieldNow();
                                    }
                                    cleanedUp.add("cleaned up");
                                });
                                return null;
                            }));
                        }))
                        .hasMessage("boom");
                return null;
            });
            assertThat(cleanedUp).containsExactly("cleaned up");
        }
    }

    @OnBothCarriers
    void whatAShieldThatHasEndedHasStartedIsCancelledWithTheRest(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                assertThatThrownBy(() -> withTimeout(LIMIT, () -> {
                            tasks.add(shielded(() -> Async.spawn(() -> sleep(LONG))));
                            yieldNow();
                            clock.advance(LIMIT);
                            sleep(LONG);
                            return null;
                        }))
                        .isInstanceOf(AsyncTimeoutException.class);
                yieldNow();
                assertThat(tasks).hasSize(1).allMatch(Task::isCancelled);
                return null;
            });
        }
    }

    @OnBothCarriers
    void cancelChildrenSparesWhatTheBodyHasStartedOtherwise(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.<Integer>runSync(() -> TaskGroup.run(group -> {
                        Task<?> child = group.spawn("child", () -> sleep(LONG));
                        group.spawn("cancels", () -> {
                            yieldNow();
                            group.cancelChildren();
                        });
                        Task<Integer> own = Async.spawn(() -> {
                            for (int i = 0; i < 8; i++) {
                                yieldNow();
                            }
                            return 1;
                        });
                        int ofInner = TaskGroup.run(inner -> {
                            Task<Integer> two = inner.spawn("of the inner group", () -> {
                                for (int i = 0; i < 8; i++) {
                                    yieldNow();
                                }
                                return 2;
                            });
                            return await(two);
                        });
                        assertThat(child.isCancelled()).isTrue();
                        return await(own) + ofInner;
                    })))
                    .isEqualTo(3);
        }
    }

    @OnBothCarriers
    void whatIsStartedByTheOutcomeOfACoroutineBelongsToTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Task<Integer>> started = new AtomicReference<>();
            CompletableFuture<Integer> begin = new CompletableFuture<>();
            Task<Integer> ending = loop.spawn("ending", () -> await(begin));
            CompletableFuture.allOf((CompletableFuture<Integer>) ending)
                    .thenRun(() -> started.set(loop.runInExecutor(() -> {
                        throw new IllegalStateException("lost");
                    })));
            begin.complete(1);
            log.await(message -> message.contains("nobody awaited"));
            assertThat(log.messages()).hasSize(1);
        }
    }

    @OnBothCarriers
    void theOutcomeOfACoroutineIsHandedOverWhereNobodyMayWait(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<Throwable> refused = new AtomicReference<>();
            CompletableFuture<Integer> begin = new CompletableFuture<>();
            Task<Integer> ending = loop.spawn("ending", () -> await(begin));
            CompletableFuture<Void> after = CompletableFuture.allOf((CompletableFuture<Integer>) ending)
                    .thenRun(() -> {
                        try {
                            yieldNow();
                        } catch (Throwable ex) {
                            refused.set(ex);
                        }
                    });
            begin.complete(1);
            after.get(20, TimeUnit.SECONDS);
            assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
        }
    }
}
