package dev.asyncloop.pages;

import static dev.asyncloop.Async.asCompleted;
import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.checkpoint;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.CapturedLog;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchException;
import dev.asyncloop.http.TestServer;
import dev.asyncloop.testing.ManualClock;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/structured-concurrency.md}: compiled here, run here, and the same there. */
class StructuredConcurrencyPageTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<Integer> printed = new CopyOnWriteArrayList<>();

    private void print(int number) {
        printed.add(number);
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown("docs/structured-concurrency.md", 14, StructuredConcurrencyPageTest.class);
    }

    /** Moves the clock on, second by second, until the task has ended. */
    private static void drive(IOLoop loop, ManualClock clock, Task<?> task) {
        for (int i = 0; i < 1000 && !task.isDone(); i++) {
            Loops.settle(loop);
            clock.advance(SECOND);
        }
        assertThat(task.isDone()).isTrue();
    }

    // ---- groups

    static int total(Callable<Integer> one, Callable<Integer> other) {
        return TaskGroup.run(group -> {
            Task<Integer> a = group.spawn("one", one);
            Task<Integer> b = group.spawn("other", other);
            return await(a) + await(b);
        });
    }

    @OnBothCarriers
    void aGroupReturnsOrEndsAllOfItself(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(total(() -> 40, () -> 2)).isEqualTo(42);
                List<String> ended = new ArrayList<>();
                Callable<Integer> sleeper = () -> {
                    try {
                        sleep(LONG);
                    } finally {
                        ended.add("sleeper");
                    }
                    return 1;
                };
                Callable<Integer> failing = () -> {
                    yieldNow();
                    throw new IllegalStateException("first");
                };
                assertThatThrownBy(() -> total(sleeper, failing)).hasMessage("first");
                assertThat(ended).containsExactly("sleeper");
                return null;
            });
        }
    }

    static List<String> whatComesInTime(List<Callable<String>> sources) {
        List<String> texts = new ArrayList<>(); // shared by the children, and no lock
        try {
            TaskGroup.run(TaskGroup.Options.defaults().withDeadline(Duration.ofSeconds(2)), group -> {
                for (Callable<String> source : sources) {
                    group.spawn(() -> texts.add(source.call()));
                }
                return null;
            });
        } catch (AsyncTimeoutException ex) {
            texts.add("..."); // every child has ended by now
        }
        return texts;
    }

    @OnBothCarriers
    void aDeadlineCutsTheGroupShort(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<List<String>> texts = loop.spawn(() -> whatComesInTime(List.of(
                    () -> "at once",
                    () -> {
                        sleep(LONG);
                        return "late";
                    },
                    () -> {
                        sleep(SECOND);
                        return "soon";
                    })));
            drive(loop, clock, texts);
            assertThat(texts.resultNow()).containsExactly("at once", "soon", "...");
            assertThat(clock.nanoTime()).isLessThan(Duration.ofSeconds(5).toNanos());
        }
    }

    static int serve(Iterable<Callable<?>> jobs) {
        return TaskGroup.run(TaskGroup.Options.defaults().withSupervising(true), group -> {
            int count = 0;
            for (Callable<?> job : jobs) {
                group.spawn("job " + ++count, job); // one that fails is logged, the others go on
            }
            return count;
        });
    }

    @OnBothCarriers
    void aSupervisingGroupLetsChildrenFailAlone(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            List<String> done = new ArrayList<>();
            int count = loop.runSync(() -> serve(List.of(
                    () -> {
                        throw new IllegalStateException("broken");
                    },
                    () -> {
                        yieldNow();
                        return done.add("good");
                    })));
            assertThat(count).isEqualTo(2);
            assertThat(done).containsExactly("good");
            assertThat(log.messages()).containsExactly("Exception in 'job 1' that nobody awaited");
            assertThat(loop.statistics().failures()).isEqualTo(1);
        }
    }

    // ---- cancellation

    private void cancelled() {
        Task<?> sleeper = Async.spawn(() -> {
            print(1);
            try {
                sleep(Duration.ofHours(1));
            } catch (CancellationException ex) {
                print(4);
            }
            yieldNow(); // throws again
            print(0);
        });
        yieldNow();
        print(2);
        sleeper.cancel(false); // its wait is over: it stands in line
        print(3);
        try {
            await(sleeper);
        } catch (CancellationException ex) {
            print(5);
        }
    }

    @OnBothCarriers
    void cancellationIsAStateAndPrintsInOrder(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                cancelled();
                return null;
            });
        }
        assertThat(printed).containsExactly(1, 2, 3, 4, 5);
    }

    @OnBothCarriers
    void whatIsBlockedIsInterrupted(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Semaphore never = new Semaphore(0);
                Task<?> cooperative = Async.spawn(() -> blocking(() -> {
                    never.acquire();
                    return null;
                }));
                yieldNow();
                cooperative.cancel(false); // is enough in a blocking section
                assertThatThrownBy(() -> await(cooperative)).isInstanceOf(CancellationException.class);
                return null;
            });
            Semaphore blocks = new Semaphore(0);
            Task<?> keepsTheTurn = loop.spawn(() -> {
                blocks.release();
                new Semaphore(0).acquire();
                return null;
            });
            blocks.acquireUninterruptibly();
            keepsTheTurn.cancel(true);
            assertThatThrownBy(keepsTheTurn::join).isInstanceOf(CancellationException.class);
        }
    }

    static boolean hasValue(Task<?> task) {
        try {
            await(task);
            return true;
        } catch (CancellationException ex) {
            checkpoint(); // throws if it is this coroutine that is cancelled
            return false; // it was the task
        }
    }

    @OnBothCarriers
    void aCheckpointTellsWhoIsCancelled(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<?> task = Async.spawn(() -> sleep(LONG));
                Task<Boolean> asks = Async.spawn(() -> hasValue(task));
                Task<Boolean> isCancelled = Async.spawn(() -> hasValue(task));
                yieldNow();
                isCancelled.cancel(false);
                assertThatThrownBy(() -> await(isCancelled)).isInstanceOf(CancellationException.class);
                task.cancel(false);
                assertThat(await(asks)).isFalse();
                return null;
            });
        }
    }

    // ---- limits

    static String nearOrFar(Callable<String> near, Callable<String> far) {
        return withTimeout(Duration.ofSeconds(10), () -> {
            try {
                return withTimeout(Duration.ofSeconds(1), near);
            } catch (AsyncTimeoutException ex) { // of the one second, never of the ten
                return far.call();
            }
        });
    }

    private static Callable<String> after(Duration time, String value) {
        return () -> {
            sleep(time);
            return value;
        };
    }

    @OnBothCarriers
    void anOuterLimitIsNotMistakenForAnInnerOne(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            Task<String> far = loop.spawn(() -> nearOrFar(after(LONG, "near"), after(Duration.ofSeconds(5), "far")));
            drive(loop, clock, far);
            assertThat(far.resultNow()).isEqualTo("far");
            Task<String> late = loop.spawn(() -> nearOrFar(after(LONG, "near"), after(LONG, "far")));
            drive(loop, clock, late);
            assertThat(late.exceptionNow())
                    .isInstanceOf(AsyncTimeoutException.class)
                    .hasMessageContaining("PT10S");
            List<String> inner = new ArrayList<>();
            Task<?> outerFirst = loop.spawn(() -> withTimeout(SECOND, () -> {
                try {
                    return withTimeout(Duration.ofSeconds(10), after(LONG, "late"));
                } catch (AsyncTimeoutException ex) {
                    inner.add("mistaken");
                    throw ex;
                } catch (CancellationException ex) {
                    inner.add("cancelled");
                    throw ex;
                }
            }));
            drive(loop, clock, outerFirst);
            assertThat(inner).containsExactly("cancelled");
            assertThat(outerFirst.exceptionNow())
                    .isInstanceOf(AsyncTimeoutException.class)
                    .hasMessageContaining("PT1S");
        }
    }

    // ---- patterns

    static String first(AsyncHttpClient http, List<String> mirrors) {
        return TaskGroup.run(TaskGroup.Options.defaults().withSupervising(true), group -> {
            List<Task<String>> attempts = new ArrayList<>();
            for (String mirror : mirrors) {
                attempts.add(group.spawn(mirror, () -> await(http.fetch(mirror)).text()));
            }
            FetchException failure = null;
            for (Task<String> attempt : asCompleted(attempts)) {
                try {
                    String text = await(attempt);
                    group.cancelChildren(); // with their fetches
                    return text;
                } catch (FetchException ex) {
                    failure = ex;
                }
            }
            throw failure;
        });
    }

    @OnBothCarriers
    void theFirstThatAnswersWins(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                TestServer server = new TestServer();
                IOLoop loop = Loops.on(carrier);
                AsyncHttpClient http = AsyncHttpClient.create(loop)) {
            List<String> failing = List.of(server.url("/status/500"), server.url("/status/404"));
            assertThatThrownBy(() -> loop.runSync(() -> first(http, failing))).isInstanceOf(FetchException.class);
            assertThat(log.messages()).isEmpty();
            List<String> mirrors = List.of(server.url("/hang"), server.url("/status/500"), server.url("/gate"));
            Task<String> first = loop.spawn(() -> first(http, mirrors));
            server.awaitHanging(2);
            server.openGate();
            assertThat(first.join()).isEqualTo("open");
            server.awaitHungUp(1); // the loser's connection is closed
        }
    }

    static <T, R> List<R> map(int atATime, List<T> items, Function<T, R> work) {
        List<R> results = new ArrayList<>(Collections.nCopies(items.size(), null));
        Iterator<Integer> next = IntStream.range(0, items.size()).iterator(); // shared, and no lock
        return TaskGroup.run(group -> {
            for (int i = 0; i < atATime; i++) {
                group.spawn(() -> {
                    while (next.hasNext()) {
                        int index = next.next();
                        results.set(index, work.apply(items.get(index)));
                    }
                });
            }
            return results; // when the workers have ended
        });
    }

    @OnBothCarriers
    void soManyWorkAtATime(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Integer> running = new ArrayList<>();
            List<Integer> most = new ArrayList<>(List.of(0));
            List<Integer> doubled = loop.runSync(() -> map(3, List.of(1, 2, 3, 4, 5, 6, 7), item -> {
                running.add(item);
                most.set(0, Math.max(most.getFirst(), running.size()));
                for (int i = 0; i < item % 3; i++) {
                    yieldNow();
                }
                yieldNow();
                running.remove(item);
                return 2 * item;
            }));
            assertThat(doubled).containsExactly(2, 4, 6, 8, 10, 12, 14);
            assertThat(most).containsExactly(3);
        }
    }

    interface Lease {
        void renew();

        void release();
    }

    static void hold(Lease lease) {
        try {
            while (true) {
                sleep(Duration.ofSeconds(5));
                lease.renew();
            }
        } finally {
            shielded(() -> withTimeout(Duration.ofSeconds(2), () -> {
                lease.release(); // may wait, for two seconds at most
                return null;
            }));
        }
    }

    @OnBothCarriers
    void cleanUpMayWaitBehindAShield(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<String> log = new CopyOnWriteArrayList<>();
            Lease lease = new Lease() {
                @Override
                public void renew() {
                    log.add("renewed");
                }

                @Override
                public void release() {
                    sleep(SECOND);
                    log.add("released");
                }
            };
            Task<?> holder = loop.spawn(() -> hold(lease));
            Loops.settle(loop);
            clock.advance(Duration.ofSeconds(5));
            Loops.settle(loop);
            holder.cancel(false);
            drive(loop, clock, holder);
            assertThat(log).containsExactly("renewed", "released");
            assertThat(holder.isCancelled()).isTrue();
        }
    }

    static <T> T retry(int attempts, Duration pause, Callable<T> body) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return body.call();
            } catch (UncheckedIOException ex) { // no more than what is worth another attempt
                if (attempt == attempts) {
                    throw ex;
                }
            }
            sleep(pause.multipliedBy(1L << (attempt - 1)));
        }
    }

    static String askPatiently(Callable<String> ask) {
        String answer = withTimeout(Duration.ofSeconds(30), () -> retry(5, Duration.ofSeconds(1), ask));
        return answer;
    }

    @OnBothCarriers
    void itIsTriedAgainWithinALimit(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            List<Long> times = new CopyOnWriteArrayList<>();
            Callable<String> ask = () -> {
                times.add(Duration.ofNanos(clock.nanoTime()).toSeconds());
                if (times.size() < 4) {
                    throw new UncheckedIOException(new java.io.IOException("not now"));
                }
                return "here";
            };
            Task<String> answer = loop.spawn(() -> askPatiently(ask));
            drive(loop, clock, answer);
            assertThat(answer.resultNow()).isEqualTo("here");
            assertThat(times).containsExactly(0L, 1L, 3L, 7L);
            Task<String> never = loop.spawn(() -> askPatiently(() -> {
                throw new UncheckedIOException(new java.io.IOException("never"));
            }));
            drive(loop, clock, never);
            assertThat(never.exceptionNow()).isInstanceOf(UncheckedIOException.class);
            Task<String> slow = loop.spawn(() -> askPatiently(after(LONG, "late")));
            drive(loop, clock, slow);
            assertThat(slow.exceptionNow()).isInstanceOf(AsyncTimeoutException.class);
        }
    }

    // ---- pitfalls

    private final List<String> skipped = new ArrayList<>();

    private void importAll(List<Callable<?>> rows) {
        for (Callable<?> row : rows) {
            try {
                row.call();
            } catch (CancellationException ex) { // a RuntimeException: without this the next line takes it, too
                throw ex;
            } catch (Exception ex) {
                skipped.add(ex.getMessage());
            }
        }
    }

    @OnBothCarriers
    void whoCatchesEverythingLetsCancellationThrough(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Callable<?> broken = () -> {
                    throw new java.io.IOException("broken");
                };
                Task<?> importing = Async.spawn(() -> importAll(List.of(broken, after(LONG, "late"), broken)));
                yieldNow();
                importing.cancel(false);
                assertThatThrownBy(() -> await(importing)).isInstanceOf(CancellationException.class);
                assertThat(skipped).containsExactly("broken");
                return null;
            });
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    private void wrong() throws InterruptedException {
        lock.lockInterruptibly(); // the second coroutine blocks here with the turn ...
        try {
            sleep(Duration.ofMillis(10)); // ... which the first one needs to get back from here
        } finally {
            lock.unlock();
        }
    }

    @OnBothCarriers
    void aLockOfTheJdkHeldAcrossAWaitStopsTheLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = IOLoop.create(Loops.options(carrier).withSlowCallback(Duration.ofMillis(50)))) {
            Callable<Object> wrong = () -> {
                wrong();
                return null;
            };
            Task<?> first = loop.spawn("first", wrong);
            Task<?> second = loop.spawn("second", wrong);
            log.await(message -> message.contains("'second' has kept the turn"));
            assertThat(first.isDone()).isFalse();
            second.cancel(true); // which nobody on the loop could do
            first.join();
            assertThatThrownBy(second::join).isInstanceOf(CancellationException.class);
        }
    }

    static long sum(Iterable<Integer> rows) {
        long sum = 0;
        for (int row : rows) {
            sum += row;
            checkpoint(); // the others get their turns, and a cancellation is heard
        }
        return sum;
    }

    @OnBothCarriers
    void aCheckpointLetsOthersInAndHearsOfCancellation(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                assertThat(sum(List.of(1, 2, 3))).isEqualTo(6);
                Iterable<Integer> endless = () -> Stream.generate(() -> 1).iterator();
                Task<?> summing = Async.spawn(() -> sum(endless));
                yieldNow();
                summing.cancel(false);
                assertThatThrownBy(() -> await(summing)).isInstanceOf(CancellationException.class);
                return null;
            });
        }
    }

    // ---- what the tables say

    @OnBothCarriers
    void aValueThatWasThereBeforeTheCancellationIsReturned(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                var promise = IOLoop.current().<String>promise("value");
                Task<String> waits = Async.spawn(() -> await(promise.task()));
                yieldNow();
                promise.succeed("kept");
                waits.cancel(false);
                assertThat(await(waits)).isEqualTo("kept");
                return null;
            });
        }
    }

    @OnBothCarriers
    void aChildEndsWithItsParentAndWhatTheLoopOwnsDoesNot(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Task<?>> tasks = new ArrayList<>();
            loop.runSync(() -> {
                tasks.add(Async.spawn(() -> sleep(LONG)));
                tasks.add(loop.spawn(() -> sleep(LONG)));
                yieldNow();
                return null;
            });
            Loops.settle(loop);
            assertThat(tasks.get(0).isCancelled()).isTrue();
            assertThat(tasks.get(1).isDone()).isFalse();
            tasks.get(1).cancel(false);
        }
    }
}
