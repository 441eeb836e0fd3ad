package dev.asyncloop;

import static dev.asyncloop.Async.asCompleted;
import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.gatherAll;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Waiting for several at once. */
class GatherTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static Callable<String> after(int turns, String value) {
        return () -> {
            for (int i = 0; i < turns; i++) {
                yieldNow();
            }
            return value;
        };
    }

    private static Callable<String> failAfter(int turns, String message) {
        return () -> {
            after(turns, message).call();
            throw new IllegalStateException(message);
        };
    }

    @OnBothCarriers
    void valuesComeInTheOrderOfTheTasks(Carrier carrier) { // Tornado case 34
        try (IOLoop loop = Loops.on(carrier)) {
            for (boolean all : List.of(false, true)) {
                assertThat(loop.<List<String>>runSync(() -> {
                            List<Task<String>> tasks =
                                    List.of(Async.spawn(after(3, "v1")), Async.spawn(after(1, "v2")));
                            return all ? gatherAll(tasks) : gather(tasks);
                        }))
                        .containsExactly("v1", "v2");
            }
        }
    }

    @OnBothCarriers
    void nothingAtAllAndTheSameTwice(Carrier carrier) { // Tornado case 35
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(gatherAll(List.<Task<Integer>>of())).isEmpty();
                assertThat(gather(List.<Task<Integer>>of())).isEmpty();
                Task<Integer> one = Async.spawn(() -> 1);
                Task<Integer> two = Async.spawn(() -> 2);
                CompletableFuture<Integer> three = CompletableFuture.completedFuture(3);
                assertThat(gatherAll(List.of(one, two, three, two))).containsExactly(1, 2, 3, 2);
                assertThat(gather(List.of(one, two, three, two))).containsExactly(1, 2, 3, 2);
                return null;
            });
        }
    }

    @OnBothCarriers
    void gatherAllWaitsForAllAndThrowsTheFailureThatIsFirstInOrder(Carrier carrier) { // Tornado case 36
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            List<String> done = new ArrayList<>();
            loop.runSync(() -> {
                Task<String> slow = Async.spawn(failAfter(5, "error 1"));
                Task<String> fast = Async.spawn(failAfter(1, "error 2"));
                Task<String> last = Async.spawn(() -> {
                    after(9, "").call();
                    done.add("last");
                    return "value";
                });
                assertThatThrownBy(() -> gatherAll(List.of(slow, fast, last)))
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessage("error 1")
                        .satisfies(ex -> assertThat(ex.getSuppressed())
                                .anySatisfy(other -> assertThat(other).hasMessage("error 2")));
                assertThat(done).containsExactly("last");
                return null;
            });
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void gatherFailsFastAndCancelsTheRest(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<String> sleeper = Async.spawn(() -> {
                    sleep(LONG);
                    return "never";
                });
                Task<String> failing = Async.spawn(failAfter(2, "first in time"));
                assertThatThrownBy(() -> gather(List.of(sleeper, failing))).hasMessage("first in time");
                assertThatThrownBy(() -> await(sleeper)).isInstanceOf(CancellationException.class);
                return null;
            });
        }
    }

    @OnBothCarriers
    void aFailureThatACancelledGatherAllHasHeardIsStillReported(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Promise<String> failing = loop.promise("failing");
            Task<?> gathering = loop.spawn(() -> gatherAll(List.of(failing.task(), Async.spawn(() -> {
                sleep(LONG);
                return "";
            }))));
            Loops.settle(loop);
            failing.fail(new IllegalStateException("heard"));
            Loops.settle(loop);
            assertThat(log.messages()).isEmpty();
            gathering.cancel(false);
            assertThatThrownBy(gathering::get).isInstanceOf(CancellationException.class);
            assertThat(log.messages()).hasSize(1).first().asString().contains("'failing'");
        }
    }

    @OnBothCarriers
    void twoThousandAreGatheredInOneGo(Carrier carrier) { // Tornado case 38: not quadratic
        try (IOLoop loop = Loops.on(carrier)) {
            long[] nanos = new long[2];
            for (int round = 0; round < 20; round++) {
                for (int size = 0; size < 2; size++) {
                    int count = size == 0 ? 2_000 : 8_000;
                    long start = System.nanoTime();
                    loop.runSync(() -> {
                        List<Task<String>> tasks = new ArrayList<>();
                        for (int i = 0; i < count; i++) {
                            tasks.add(Async.spawn(after(1, "")));
                        }
                        return gatherAll(tasks);
                    });
                    long took = System.nanoTime() - start;
                    nanos[size] = round == 0 ? took : Math.min(nanos[size], took);
                }
            }
            assertThat(nanos[1]).isLessThan(12 * nanos[0]); // 4 times as many; quadratic would be 16
        }
    }

    @OnBothCarriers
    void tasksComeAsTheyEnd(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<String> order = new ArrayList<>();
            Task<?> consumer = loop.spawn(() -> {
                List<Task<String>> tasks = new ArrayList<>();
                for (int millis : List.of(30, 10, 20)) {
                    tasks.add(Async.spawn(() -> {
                        sleep(Duration.ofMillis(millis));
                        return "after " + millis;
                    }));
                }
                for (Task<String> task : asCompleted(tasks)) {
                    assertThat(task.isDone()).isTrue();
                    order.add(await(task));
                }
            });
            for (int i = 0; i < 3; i++) {
                Loops.settle(loop);
                clock.advance(Duration.ofMillis(10));
            }
            consumer.join();
            assertThat(order).containsExactly("after 10", "after 20", "after 30");
        }
    }

    @OnBothCarriers
    void whatHasEndedBeforeComesFirstInTheOrderGivenAndAFailureEndsNothing(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            loop.runSync(() -> {
                Task<String> later = Async.spawn(after(9, "later"));
                Task<String> first = Async.spawn(after(2, "first"));
                Task<String> second = Async.spawn(failAfter(1, "second"));
                after(4, "").call();
                Iterable<Task<String>> tasks = asCompleted(List.of(later, first, second, first));
                Iterator<Task<String>> iterator = tasks.iterator();
                while (iterator.hasNext()) {
                    try {
                        order.add(await(iterator.next()));
                    } catch (IllegalStateException ex) {
                        order.add(ex.getMessage() + " failed");
                    }
                }
                assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
                return null;
            });
            assertThat(order).containsExactly("first", "second failed", "first", "later");
            assertThat(log.messages()).isEmpty();
        }
    }

    @OnBothCarriers
    void theFailureOfATaskThatAnAbandonedIterationHasNotReturnedIsReported(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<String> winner = Async.spawn(after(1, "winner"));
                Task<String> loser = Async.spawn("loser", failAfter(3, "too late"));
                Task<String> first =
                        asCompleted(List.of(winner, loser)).iterator().next();
                assertThat(await(first)).isEqualTo("winner");
                return after(9, "").call();
            });
            assertThat(log.messages()).hasSize(1).first().asString().contains("'loser'");
        }
    }

    @OnBothCarriers
    void iteratingIsCancellable(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> consumer = loop.spawn(() -> {
                Task<String> never = loop.<String>promise("never").task();
                return asCompleted(List.of(never)).iterator().next();
            });
            Loops.settle(loop);
            consumer.cancel(false);
            assertThatThrownBy(consumer::get).isInstanceOf(CancellationException.class);
        }
    }
}
