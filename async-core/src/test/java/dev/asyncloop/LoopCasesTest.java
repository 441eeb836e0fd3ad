package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What Tornado's own tests ask of its {@code IOLoop}; the numbers are those of {@code tornado-cases.md}. */
class LoopCasesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static void await20s(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @OnBothCarriers
    void whatACallbackReturnsIsNotRunAgain(Carrier carrier) throws Exception { // case 1
        try (IOLoop loop = Loops.on(carrier)) {
            loop.spawn(() -> List.of()).get(20, TimeUnit.SECONDS);
            loop.spawn(() -> Map.of()).get(20, TimeUnit.SECONDS);
            long before = loop.statistics().turns();
            CountDownLatch later = new CountDownLatch(1);
            loop.callLater(Duration.ofMillis(50), later::countDown);
            await20s(later);
            assertThat(loop.statistics().turns() - before).isLessThan(10);
        }
    }

    @OnBothCarriers
    void aCallbackThatATimerAddsDoesNotWaitForAnythingElse(Carrier carrier) throws Exception { // case 2
        ManualClock clock = new ManualClock(); // stands still: no timeout of a poll comes to the rescue
        try (IOLoop loop = Loops.on(carrier, clock)) {
            for (int i = 0; i < 50; i++) {
                CountDownLatch ran = new CountDownLatch(1);
                loop.callLater(Duration.ofSeconds(1), () -> loop.addCallback(ran::countDown));
                loop.runSync(() -> null); // the timer is set
                clock.advance(Duration.ofSeconds(1));
                await20s(ran);
            }
        }
    }

    @OnBothCarriers
    void aStopFromAnotherThreadWakesALoopThatSleeps(Carrier carrier) throws Exception { // case 3
        IOLoop loop = Loops.on(carrier);
        loop.callLater(LONG, () -> {});
        CountDownLatch idleForAWhile = new CountDownLatch(1);
        loop.callLater(Duration.ofMillis(10), idleForAWhile::countDown);
        await20s(idleForAWhile);
        Thread.ofPlatform().start(() -> loop.addCallback(loop::stop));
        CountDownLatch stopped = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            loop.awaitStopped();
            stopped.countDown();
        });
        await20s(stopped);
    }

    @OnBothCarriers
    void takingATimerBackAfterItFiredIsNoErrorAndSaysSo(Carrier carrier) throws Exception { // case 5
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch fired = new CountDownLatch(1);
            TimerHandle timer = loop.callLater(Duration.ofNanos(1), fired::countDown);
            await20s(fired);
            assertThat(timer.cancel()).isFalse();
            assertThat(timer.cancel()).isFalse();
        }
    }

    @OnBothCarriers
    void twoThousandTimersSetAndTakenBackDoNotPileUp(Carrier carrier) { // case 6
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < 2_000; i++) {
                assertThat(loop.callLater(LONG, () -> {}).cancel()).isTrue();
            }
            int fromOutside =
                    loop.runSync(() -> ((DefaultIOLoop) loop).timerSet().size());
            assertThat(fromOutside).isLessThan(200);
            int fromInside = loop.runSync(() -> {
                for (int i = 0; i < 2_000; i++) {
                    assertThat(loop.callLater(LONG, () -> {}).cancel()).isTrue();
                }
                return ((DefaultIOLoop) loop).timerSet().size();
            });
            assertThat(fromInside).isLessThan(200);
        }
    }

    @OnBothCarriers
    void everyWayToSayNowRunsSoon(Carrier carrier) throws Exception { // case 8
        try (IOLoop loop = Loops.on(carrier)) {
            Set<Integer> ran = new CopyOnWriteArraySet<>();
            CountDownLatch all = new CountDownLatch(5);
            loop.callAt(Instant.now(), () -> count(ran, 1, all));
            loop.callLater(Duration.ZERO, () -> count(ran, 2, all));
            loop.callAt(loop.clock().instant(), () -> count(ran, 3, all));
            loop.callLater("with a name", Duration.ZERO, () -> count(ran, 4, all));
            loop.execute(() -> count(ran, 5, all));
            await20s(all);
            assertThat(ran).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        }
    }

    private static void count(Set<Integer> ran, int number, CountDownLatch all) {
        ran.add(number);
        all.countDown();
    }

    @OnBothCarriers
    void eachCallbackThatFailsIsLoggedOnceAndLaterOnesRun(Carrier carrier) throws Exception { // case 11
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch later = new CountDownLatch(1);
            loop.addCallback(() -> {
                throw new IllegalStateException("at once");
            });
            loop.addCallback(() -> {
                yieldNow();
                throw new IllegalStateException("after a wait");
            });
            loop.addCallback(() -> loop.spawn(() -> {
                throw new IllegalStateException("in what it started");
            }));
            loop.callLater(Duration.ofNanos(1), () -> {
                throw new IllegalStateException("in a timer");
            });
            loop.callLater(Duration.ofMillis(5), later::countDown);
            await20s(later);
            for (String message : List.of("at once", "after a wait", "in what it started", "in a timer")) {
                assertThat(log.events())
                        .filteredOn(
                                event -> event.getThrowableProxy().getMessage().equals(message))
                        .as(message)
                        .hasSize(1);
            }
        }
    }

    @OnBothCarriers
    void whatIsReadyAtAStopStillGetsItsTurn(Carrier carrier) { // case 12
        IOLoop loop = Loops.on(carrier);
        List<String> ran = new ArrayList<>();
        loop.addCallback(() -> {
            loop.addCallback(() -> ran.add("was in the line"));
            loop.stop();
        });
        loop.awaitStopped();
        assertThat(ran).containsExactly("was in the line");
    }

    @OnBothCarriers
    void runSyncReturnsWhatComesOutOrThrowsIt(Carrier carrier) { // case 13
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.<Integer>runSync(() -> 42)).isEqualTo(42);
            assertThat(loop.<Object>runSync(() -> null)).isNull();
            assertThat(loop.<Integer>runSync(() -> {
                        sleep(Duration.ofMillis(1));
                        return 42;
                    }))
                    .isEqualTo(42);
            IllegalArgumentException unchecked = new IllegalArgumentException("at once");
            assertThatThrownBy(() -> loop.runSync(() -> {
                        throw unchecked;
                    }))
                    .isSameAs(unchecked);
            assertThatThrownBy(() -> loop.runSync(() -> {
                        yieldNow();
                        throw unchecked;
                    }))
                    .isSameAs(unchecked);
            assertThatThrownBy(() -> loop.runSync(() -> {
                        yieldNow();
                        throw new IOException("checked");
                    }))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @OnBothCarriers
    void twoExecutorCallsThatWaitForEachOtherBothEnd(Carrier carrier) { // case 16
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withExecutorThreads(2))) {
            CountDownLatch one = new CountDownLatch(1);
            CountDownLatch two = new CountDownLatch(1);
            List<String> values = loop.runSync(() -> Async.gather(List.of(
                    loop.runInExecutor(() -> {
                        one.countDown();
                        await20s(two);
                        return "one";
                    }),
                    loop.runInExecutor(() -> {
                        two.countDown();
                        await20s(one);
                        return "two";
                    }))));
            assertThat(values).containsExactly("one", "two");
        }
    }

    @OnBothCarriers
    void aFutureOfAThreadPoolIsHeardOfOnTheLoop(Carrier carrier) { // case 18
        try (ExecutorService pool = Executors.newSingleThreadExecutor();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Thread coroutine = Thread.currentThread();
                CompletableFuture<Thread> future = CompletableFuture.supplyAsync(Thread::currentThread, pool);
                Thread other = await(future);
                assertThat(loop.inLoop()).isTrue();
                assertThat(Thread.currentThread()).isSameAs(coroutine).isNotSameAs(other);
                return null;
            });
        }
    }

    @OnBothCarriers
    void whatHangsOnATaskIsNeverRunInlineNotEvenIfItIsDone(Carrier carrier) { // case 18
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            loop.runSync(() -> {
                Task<Integer> done = Async.spawn(() -> 1);
                await(done);
                var dependent = done.thenAccept(value -> order.add("callback with " + value));
                order.add("registered");
                await(dependent);
                return null;
            });
            assertThat(order).containsExactly("registered", "callback with 1");
        }
    }
}
