package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;

/** Structured concurrency. */
class TaskGroupTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final TaskGroup.Options SUPERVISING =
            TaskGroup.Options.defaults().withSupervising(true);

    private static <T> T fail(String message) {
        throw new IllegalStateException(message);
    }

    private static void sleepLong(List<String> log, String name) {
        try {
            sleep(LONG);
        } catch (CancellationException ex) {
            log.add(name + " cancelled");
            throw ex;
        }
    }

    @OnBothCarriers
    void returnsWhatTheBodyReturns(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            int total = loop.runSync(() -> TaskGroup.run(group -> {
                Task<Integer> a = group.spawn("a", () -> 40);
                Task<Integer> b = group.spawn(() -> 2);
                assertThat(a.name()).isEqualTo("a");
                assertThat(b.name()).contains("of 'runSync'");
                return await(a) + await(b);
            }));
            assertThat(total).isEqualTo(42);
        }
    }

    @OnBothCarriers
    void endsWhenEveryChildHasEnded(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            loop.runSync(() -> {
                TaskGroup.run(group -> {
                    group.spawn(() -> {
                        for (int i = 0; i < 5; i++) {
                            yieldNow();
                        }
                        group.spawn(() -> {
                            yieldNow();
                            order.add("grandchild");
                        });
                        order.add("child");
                    });
                    order.add("body");
                    return null;
                });
                order.add("group");
                return null;
            });
            assertThat(order).containsExactly("body", "child", "grandchild", "group");
        }
    }

    @OnBothCarriers
    void theFirstFailureOfAChildEndsTheBodyAndTheOthersAndIsThrown(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(group -> {
                        group.spawn("sleeper", () -> sleepLong(log, "sleeper"));
                        group.spawn("first", () -> {
                            yieldNow();
                            return fail("first");
                        });
                        group.spawn("second", () -> {
                            try {
                                sleep(LONG);
                            } finally {
                                fail("second");
                            }
                        });
                        sleepLong(log, "body");
                        return null;
                    })))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("first")
                    .satisfies(ex -> assertThat(ex.getSuppressed())
                            .anySatisfy(second -> assertThat(second).hasMessage("second")));
            assertThat(log).containsExactlyInAnyOrder("sleeper cancelled", "body cancelled");
        }
    }

    @OnBothCarriers
    void aFailingBodyEndsItsGroupWithinATurn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            loop.runSync(() -> {
                assertThatThrownBy(() -> TaskGroup.run(group -> {
                            group.spawn(() -> sleepLong(log, "child"));
                            yieldNow();
                            IOLoop.current().spawn(() -> log.add("a turn later"));
                            throw new IOException("body");
                        }))
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(IOException.class);
                yieldNow();
                return null;
            });
            assertThat(log).containsExactly("a turn later", "child cancelled");
        }
    }

    @OnBothCarriers
    void theCallerSeesTheFailureNotTheCancellationItCaused(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(group -> {
                        Task<?> failing = group.spawn("failing", () -> {
                            yieldNow();
                            return fail("the reason");
                        });
                        Task<?> waiting = group.spawn("waiting", () -> await(failing));
                        return await(waiting);
                    })))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("the reason");
        }
    }

    @OnBothCarriers
    void whatTheBodyCatchesEndsTheGroupAllTheSame(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(group -> {
                        Task<?> failing = group.spawn(() -> fail("caught"));
                        try {
                            await(failing);
                        } catch (IllegalStateException ex) {
                            return "caught";
                        }
                        return "not thrown";
                    })))
                    .hasMessage("caught");
        }
    }

    @OnBothCarriers
    void aCancelledChildIsNoFailure(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.<String>runSync(() -> TaskGroup.run(group -> {
                        Task<?> child = group.spawn(() -> sleep(LONG));
                        yieldNow();
                        child.cancel(false);
                        Task<?> another = group.spawn(() -> sleep(LONG));
                        group.cancelChildren();
                        assertThatThrownBy(another::join).isInstanceOf(CancellationException.class);
                        return "goes on";
                    })))
                    .isEqualTo("goes on");
        }
    }

    @OnBothCarriers
    void cancellationFromOutsideCancelsAllAndWaitsForThem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            for (boolean inBody : List.of(true, false)) {
                log.clear();
                Task<?> owner = loop.spawn("owner", () -> {
                    TaskGroup.run(group -> {
                        group.spawn("child", () -> {
                            try {
                                sleep(LONG);
                            } finally {
                                shielded(() -> {
                                    yieldNow();
                                    yieldNow();
                                    return log.add("child cleaned up");
                                });
                            }
                        });
                        if (inBody) {
                            sleep(LONG);
                        }
                        return null;
                    });
                    log.add("not reached");
                });
                Loops.settle(loop);
                owner.cancel(false);
                assertThatThrownBy(owner::get).isInstanceOf(CancellationException.class);
                assertThat(log).containsExactly("child cleaned up");
            }
        }
    }

    @OnBothCarriers
    void anInterruptOfTheOwnerWhileItWaitsForItsChildrenCancelsThem(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            AtomicReference<Thread> thread = new AtomicReference<>();
            Task<?> owner = loop.spawn(() -> TaskGroup.run(group -> {
                thread.set(Thread.currentThread());
                return group.spawn(() -> sleepLong(log, "child"));
            }));
            Loops.settle(loop);
            thread.get().interrupt();
            assertThatThrownBy(owner::get).isInstanceOf(CancellationException.class);
            assertThat(log).containsExactly("child cancelled");
        }
    }

    @OnBothCarriers
    void theDeadlineEndsBodyAndChildren(Carrier carrier) {
        ManualClock clock = new ManualClock();
        TaskGroup.Options options = TaskGroup.Options.defaults().withDeadline(Duration.ofSeconds(1));
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<String> log = new ArrayList<>();
            Task<?> inBody = loop.spawn(
                    "in body",
                    () -> TaskGroup.run(options, group -> {
                        group.spawn(() -> sleepLong(log, "child 1"));
                        sleepLong(log, "body");
                        return null;
                    }));
            Task<?> inChild = loop.spawn(
                    "in child",
                    () -> TaskGroup.run(options, group -> {
                        group.spawn(() -> sleepLong(log, "child 2"));
                        return null;
                    }));
            Task<String> inTime = loop.spawn(
                    "in time",
                    () -> TaskGroup.run(options, group -> {
                        group.spawn(() -> sleep(Duration.ofMillis(500)));
                        return "in time";
                    }));
            Loops.settle(loop);
            clock.advance(Duration.ofMillis(500));
            assertThat(inTime.join()).isEqualTo("in time");
            clock.advance(Duration.ofMillis(500));
            assertThatThrownBy(inBody::get)
                    .hasCauseInstanceOf(AsyncTimeoutException.class)
                    .hasMessageContaining("PT1S")
                    .hasMessageContaining("'in body'");
            assertThatThrownBy(inChild::get).hasCauseInstanceOf(AsyncTimeoutException.class);
            assertThat(log).containsExactlyInAnyOrder("child 1 cancelled", "body cancelled", "child 2 cancelled");
        }
    }

    @OnBothCarriers
    void anOuterLimitIsNotMistakenForTheDeadlineOfTheGroup(Carrier carrier) {
        ManualClock clock = new ManualClock();
        TaskGroup.Options options = TaskGroup.Options.defaults().withDeadline(Duration.ofSeconds(1));
        try (IOLoop loop = Loops.on(carrier, clock)) {
            for (Duration outer : List.of(Duration.ofMillis(500), Duration.ofSeconds(1))) {
                List<String> log = new ArrayList<>();
                Task<?> task = loop.spawn(() -> withTimeout(outer, () -> {
                    try {
                        return TaskGroup.run(options, group -> group.spawn(() -> sleepLong(log, "child")));
                    } catch (AsyncTimeoutException ex) {
                        log.add("mistaken");
                        throw ex;
                    }
                }));
                Loops.settle(loop);
                clock.advance(Duration.ofSeconds(1));
                assertThatThrownBy(task::get)
                        .hasCauseInstanceOf(AsyncTimeoutException.class)
                        .hasMessageContaining(outer.toString());
                assertThat(log).containsExactly("child cancelled");
            }
        }
    }

    @OnBothCarriers
    void underSupervisionAChildFailsAloneAndIsReportedAtTheEndOfTheGroup(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            String value = loop.runSync(() -> {
                String result = TaskGroup.run(SUPERVISING, group -> {
                    group.spawn("forgotten", () -> fail("forgotten"));
                    Task<?> awaited = group.spawn("awaited", () -> fail("awaited"));
                    Task<String> good = group.spawn("good", () -> "good");
                    assertThatThrownBy(() -> await(awaited)).hasMessage("awaited");
                    assertThat(log.messages()).isEmpty();
                    return await(good);
                });
                assertThat(log.messages()).hasSize(1).first().asString().contains("'forgotten'");
                return result;
            });
            assertThat(value).isEqualTo("good");
            assertThat(loop.statistics().failures()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void underSupervisionAFailingBodyStillCancelsTheChildren(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(SUPERVISING, group -> {
                        group.spawn(() -> sleepLong(log, "child"));
                        yieldNow();
                        return fail("body");
                    })))
                    .hasMessage("body");
            assertThat(log).containsExactly("child cancelled");
        }
    }

    @OnBothCarriers
    void spawningAfterTheEndIsRefused(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicReference<TaskGroup> escaped = new AtomicReference<>();
            loop.runSync(() -> {
                TaskGroup.run(group -> {
                    escaped.set(group);
                    return null;
                });
                assertThatThrownBy(() -> escaped.get().spawn("late", () -> 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has ended")
                        .hasMessageContaining("IOLoop.spawn");
                return null;
            });
            assertThatThrownBy(() -> escaped.get().spawn(() -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TaskGroup.spawn");
            assertThatThrownBy(() -> TaskGroup.run(group -> 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TaskGroup.run");
        }
    }

    @OnBothCarriers
    void groupsNest(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(outer -> {
                        outer.spawn(() -> sleepLong(log, "outer child"));
                        return TaskGroup.run(inner -> {
                            inner.spawn(() -> sleepLong(log, "inner child"));
                            inner.spawn(() -> fail("inner"));
                            return null;
                        });
                    })))
                    .hasMessage("inner");
            assertThat(log).containsExactly("inner child cancelled", "outer child cancelled");
        }
    }

    @OnBothCarriers
    void anInnerGroupThatIsEndedByTheOuterOneIsCancelled(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> log = new ArrayList<>();
            assertThatThrownBy(() -> loop.runSync(() -> TaskGroup.run(outer -> {
                        outer.spawn(() -> {
                            yieldNow();
                            yieldNow();
                            return fail("outer");
                        });
                        return TaskGroup.run(inner -> {
                            inner.spawn(() -> sleepLong(log, "inner child"));
                            return null;
                        });
                    })))
                    .hasMessage("outer");
            assertThat(log).containsExactly("inner child cancelled");
        }
    }

    @OnBothCarriers
    void aManualGroupOfManyFinishesInOrder(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> values = loop.runSync(() -> TaskGroup.run(group -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    int number = i;
                    tasks.add(group.spawn(() -> {
                        yieldNow();
                        return number;
                    }));
                }
                return gatherAll(tasks);
            }));
            assertThat(values).hasSize(1_000).isSorted();
        }
    }
}
