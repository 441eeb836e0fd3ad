package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How those who arrive together on the event loop of the JDK carrier get their turns. */
class HandOverTest {

    private static final int MANY = 50;

    @Test
    void whoArriveTogetherGetTheirTurnsAfterwardsInTheirOrder() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            List<Integer> ran = new ArrayList<>();
            CountDownLatch over = new CountDownLatch(MANY);
            long turns = onEventLoop(loop, () -> {
                long before = turns(loop);
                for (int i = 0; i < MANY; i++) {
                    int number = i;
                    loop.mono("arrival " + i, () -> ran.add(number))
                            .doFinally(signal -> over.countDown())
                            .subscribe();
                }
                return turns(loop) - before;
            });
            assertThat(turns).isZero();
            assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.runSync(() -> List.copyOf(ran))).hasSize(MANY).isSorted();
        }
    }

    @Test
    void whoComesFromElsewhereMeanwhileStandsBehindThem() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            List<String> ran = new ArrayList<>();
            List<Task<Boolean>> tasks = new ArrayList<>();
            onEventLoop(loop, () -> {
                tasks.add(loop.spawn("first", () -> ran.add("first")));
                Thread other = Thread.ofPlatform().start(() -> tasks.add(loop.spawn("other", () -> ran.add("other"))));
                other.join();
                tasks.add(loop.spawn("last", () -> ran.add("last")));
                return null;
            });
            for (Task<Boolean> task : tasks) {
                task.join();
            }
            assertThat(ran).containsExactly("first", "other", "last");
        }
    }

    @Test
    void theEventLoopMayWaitForWhatAnotherThreadHasJoin() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            CountDownLatch both = new CountDownLatch(2);
            boolean came = onEventLoop(loop, () -> {
                loop.spawn("put off", both::countDown);
                Thread.ofPlatform().start(() -> loop.spawn("from elsewhere", both::countDown));
                return both.await(20, TimeUnit.SECONDS);
            });
            assertThat(came).isTrue();
        }
    }

    @Test
    void theEventLoopMayWaitForWhatATimerEnds() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            CountDownLatch slept = new CountDownLatch(1);
            Task<?> sleeper = loop.spawn("sleeper", () -> {
                Async.sleep(Duration.ofMillis(100));
                slept.countDown();
            });
            loop.runSync(() -> null); // it sleeps now, and the turn is free
            boolean came = onEventLoop(loop, () -> {
                loop.spawn("put off", () -> {});
                return slept.await(20, TimeUnit.SECONDS);
            });
            assertThat(came).isTrue();
            sleeper.join();
        }
    }

    @Test
    void whatTheEventLoopHasPutOffIsNotKeptWaitingForLongByWhatItDoes() throws Exception {
        try (IOLoop loop = IOLoop.create(Loops.options(Carrier.JDK).withSlowCallback(Duration.ofMillis(20)))) {
            CountDownLatch ran = new CountDownLatch(1);
            assertThat(onEventLoop(loop, () -> {
                        loop.spawn("put off", ran::countDown);
                        return ran.await(20, TimeUnit.SECONDS);
                    }))
                    .isTrue();
        }
    }

    /** The watchdog has told of it twice by then, and does not tell of it again. */
    @Test
    void norIsWhatItPutsOffAfterItHasTakenLong() throws Exception {
        try (IOLoop loop = IOLoop.create(Loops.options(Carrier.JDK).withSlowCallback(Duration.ofMillis(10)))) {
            CountDownLatch ran = new CountDownLatch(1);
            assertThat(onEventLoop(loop, () -> {
                        spin(Duration.ofMillis(250));
                        loop.spawn("put off", ran::countDown);
                        return ran.await(20, TimeUnit.SECONDS);
                    }))
                    .isTrue();
        }
    }

    @Test
    void theTasksOfTheEventLoopDoNotComeFirst() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            AtomicInteger done = new AtomicInteger();
            CompletableFuture<Integer> before = new CompletableFuture<>();
            onEventLoop(loop, () -> {
                for (int i = 0; i < 400; i++) {
                    loop.eventLoopGroup().next().execute(() -> {
                        spin(Duration.ofNanos(200_000));
                        done.incrementAndGet();
                    });
                }
                loop.spawn("coroutine", () -> before.complete(done.get()));
                return null;
            });
            assertThat(before.get(20, TimeUnit.SECONDS)).isLessThan(200);
        }
    }

    @Test
    void whoIsSeenFromTheEventLoopIsSeenAtOnce() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            long nanos = onEventLoop(loop, () -> {
                long start = System.nanoTime();
                for (int i = 0; i < 20; i++) { // each would wait for 100 ms
                    loop.spawn("seen", () -> {});
                    loop.coroutines();
                }
                return System.nanoTime() - start;
            });
            assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(1));
        }
    }

    private static void spin(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** What the event loop of a closing loop has put off is done by its end. */
    @Test
    void nobodyIsLeftBehindByTheEndOfTheLoop() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Task<Integer>> tasks = new ArrayList<>();
            IOLoop loop = Loops.on(Carrier.JDK);
            CompletableFuture<Object> arrived = new CompletableFuture<>();
            loop.eventLoopGroup().next().execute(() -> {
                for (int i = 0; i < MANY; i++) {
                    tasks.add(loop.spawn(() -> 1));
                }
                arrived.complete(tasks);
            });
            arrived.get(20, TimeUnit.SECONDS);
            loop.close();
            assertThat(tasks).hasSize(MANY).allMatch(Task::isDone);
        }
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> T onEventLoop(IOLoop loop, Work<T> work) throws Exception {
        return loop.eventLoopGroup().next().submit(work::run).get(20, TimeUnit.SECONDS);
    }

    private static long turns(IOLoop loop) {
        return ((DefaultIOLoop) loop).turn().turns();
    }
}
