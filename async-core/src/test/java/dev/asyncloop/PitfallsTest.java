package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Pitfalls that other libraries on virtual threads have met; {@code pitfalls.md} says which test stands for which. */
class PitfallsTest {

    /** The JDK hands a monitor on in a thread of its own, which a scheduler that throws would end for the whole JVM. */
    @OnBothCarriers
    void theJdksUnblockerSurvivesACoroutineThatGetsItsMonitorAfterTheEnd(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 0; i < 3; i++) {
                Object monitor = new Object();
                IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier));
                AtomicReference<Thread> thread = new AtomicReference<>();
                Task<Integer> leftover;
                synchronized (monitor) {
                    leftover = loop.spawn(() -> shielded(() -> blocking(() -> {
                        thread.set(Thread.currentThread());
                        synchronized (monitor) {
                            return 5;
                        }
                    })));
                    awaitState(thread, Thread.State.BLOCKED);
                    loop.close();
                    assertThat(leftover.isDone()).isFalse();
                }
                assertThat(leftover.get(20, TimeUnit.SECONDS)).isEqualTo(5);
            }
        }
    }

    private static void awaitState(AtomicReference<Thread> thread, Thread.State state) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (thread.get() == null || thread.get().getState() != state) {
            assertThat(System.nanoTime()).as("20 s without %s", state).isLessThan(limit);
            Thread.yield();
        }
    }

    /** And timed parks end in another thread of the JDK's. */
    @OnBothCarriers
    void aTimedParkThatEndsAfterTheEndOfItsLoopIsNotLost(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier).withGracePeriod(Duration.ZERO));
            CountDownLatch parked = new CountDownLatch(1);
            CountDownLatch closed = new CountDownLatch(1);
            Task<Integer> leftover = loop.spawn(() -> shielded(() -> blocking(() -> {
                parked.countDown();
                while (closed.getCount() > 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
                for (int i = 0; i < 3; i++) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                return 5;
            })));
            assertThat(parked.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            closed.countDown();
            assertThat(leftover.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    @OnBothCarriers
    void yieldingForLongDoesNotDeepenTheStack(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            int deeper = loop.runSync(() -> {
                int before = Thread.currentThread().getStackTrace().length;
                for (int i = 0; i < 100_000; i++) {
                    Thread.yield();
                    yieldNow();
                }
                return Thread.currentThread().getStackTrace().length - before;
            });
            assertThat(deeper).isZero();
        }
    }

    @OnBothCarriers
    void aFloodOfIoTasksLeavesTimersTheirShare(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch over = new CountDownLatch(1);
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                if (over.getCount() > 0) {
                    loop.eventLoopGroup().execute(again[0]);
                }
            };
            for (int i = 0; i < 10; i++) {
                loop.eventLoopGroup().execute(again[0]);
            }
            Task<Integer> sleeper = loop.spawn(() -> {
                for (int i = 0; i < 20; i++) {
                    sleep(Duration.ofMillis(1));
                }
                return 1;
            });
            assertThat(sleeper.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            over.countDown();
        }
    }

    /** Or an interrupt could close a channel of Netty's, and a coroutine give way in the middle of a pipeline. */
    @OnBothCarriers
    void aCoroutineIsNotInsideNettysEventLoop(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            boolean inside = loop.runSync(() -> loop.eventLoopGroup().next().inEventLoop());
            assertThat(inside).isFalse();
        }
    }

    /** A set of them for every coroutine would be waste. */
    @OnBothCarriers
    void onlyTheEventLoopsOwnThreadHasFastThreadLocals(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.<Boolean>runSync(FastThreadLocalThread::currentThreadHasFastThreadLocal))
                    .isFalse();
            assertThat(loop.eventLoopGroup()
                            .submit(FastThreadLocalThread::currentThreadHasFastThreadLocal)
                            .get(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** A wait that has ended is used up: what comes later for it wakes nobody from the next one. */
    @OnBothCarriers
    void aCompletionThatComesAfterALimitDoesNotEndTheNextWait(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < 20; i++) {
                CompletableFuture<String> late = new CompletableFuture<>();
                CompletableFuture<String> next = new CompletableFuture<>();
                String value = loop.runSync(() -> {
                    assertThatThrownBy(() -> Async.withTimeout(Duration.ofNanos(1), () -> await(late)))
                            .isInstanceOf(AsyncTimeoutException.class);
                    Async.spawn(() -> {
                        late.complete("late");
                        yieldNow();
                        yieldNow();
                        next.complete("next");
                    });
                    return await(next);
                });
                assertThat(value).isEqualTo("next");
            }
        }
    }

    @OnBothCarriers
    void aStrayUnparkDoesNotEndAWait(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CompletableFuture<Integer> future = new CompletableFuture<>();
            AtomicReference<Thread> thread = new AtomicReference<>();
            CountDownLatch waiting = new CountDownLatch(1);
            AtomicInteger inside = new AtomicInteger();
            Task<Integer> task = loop.spawn(() -> {
                thread.set(Thread.currentThread());
                waiting.countDown();
                int value = await(future);
                inside.incrementAndGet();
                return value;
            });
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 1_000; i++) {
                LockSupport.unpark(thread.get());
            }
            Loops.settle(loop);
            assertThat(inside).hasValue(0);
            future.complete(5);
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    /** The report of a holder that is stuck has to show the coroutine's stack, not its carrier's. */
    @OnBothCarriers
    void aHolderThatIsParkedIsReportedWithItsOwnStack(Carrier carrier) throws Exception {
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch go = new CountDownLatch(1);
            Task<Boolean> holder = loop.spawn("stuck", () -> parkHere(go));
            String report = log.await(message -> message.contains("has kept the turn"));
            go.countDown();
            assertThat(holder.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(report).contains("stuck").contains("parkHere");
        }
    }

    private static boolean parkHere(CountDownLatch go) throws InterruptedException {
        return go.await(20, TimeUnit.SECONDS);
    }

    /** A wait in a static initialiser can't unmount: on the event-loop carrier it holds all others up. It can be ended. */
    @OnBothCarriers
    void aWaitThatPinsItsCarrierIsEndedByAnInterrupt(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            Pinning.NEVER.set(new CompletableFuture<>());
            Task<?> task = loop.spawn(
                    () -> carrier == Carrier.EVENT_LOOP ? PinnedOnTheEventLoop.load() : PinnedOnTheJdksCarrier.load());
            awaitState(Pinning.THREAD, Thread.State.WAITING);
            Pinning.THREAD.getAndSet(null).interrupt();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ExceptionInInitializerError.class)
                    .hasRootCauseInstanceOf(CancellationException.class);
            assertThat(loop.<Integer>runSync(() -> await(Async.spawn(() -> 1)))).isEqualTo(1);
        }
    }

    private static final class Pinning {

        static final AtomicReference<CompletableFuture<Object>> NEVER = new AtomicReference<>();

        static final AtomicReference<Thread> THREAD = new AtomicReference<>();

        static Object waitForEver() {
            THREAD.set(Thread.currentThread());
            return await(NEVER.get());
        }
    }

    private static final class PinnedOnTheEventLoop {

        static final Object VALUE = Pinning.waitForEver();

        static Object load() {
            return VALUE;
        }
    }

    private static final class PinnedOnTheJdksCarrier {

        static final Object VALUE = Pinning.waitForEver();

        static Object load() {
            return VALUE;
        }
    }

    @OnBothCarriers
    void everyCoroutineHasAThreadOfItsOwn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Long> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                threads.add(loop.runSync(() -> Thread.currentThread().threadId()));
            }
            assertThat(threads).doesNotHaveDuplicates();
        }
    }

    /** The JDK's scheduler and threads beside the loop stay what they were. */
    @Test
    void otherVirtualThreadsAreNotOnTheLoop() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP)) {
            CompletableFuture<String> text = new CompletableFuture<>();
            Thread.startVirtualThread(() -> text.complete(Thread.currentThread().toString()));
            assertThat(text.get(20, TimeUnit.SECONDS)).contains("ForkJoinPool");
        }
    }

    /** The carrier's pass of Netty's loop would be ended for good by what a task throws, were it not caught. */
    @OnBothCarriers
    void anErrorThatATaskOfNettysThrowsEndsNothing(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            for (int i = 0; i < 10; i++) {
                loop.eventLoopGroup().execute(() -> {
                    throw new LinkageError("from a task");
                });
            }
            assertThat(loop.eventLoopGroup().submit(() -> 1).get(20, TimeUnit.SECONDS))
                    .isEqualTo(1);
            assertThat(loop.<Integer>runSync(() -> 1)).isEqualTo(1);
        }
    }

    /** JDK's futures of all kinds: their dependents would run in threads of the JDK's; what hangs on a task does not. */
    @OnBothCarriers
    void whatHangsOnATaskRunsOnTheLoopWhoeverCompletesItAndAlsoAfterALimit(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Promise<Integer> promise = loop.promise("completed by a foreign thread");
                var one = promise.task().thenApply(value -> loop.inLoop());
                Thread.ofPlatform().start(() -> promise.succeed(1));
                assertThat(await(one)).isTrue();
                Task<Integer> never = loop.<Integer>promise("never").task();
                var two = never.toCompletableFuture()
                        .orTimeout(1, TimeUnit.MILLISECONDS)
                        .handle((value, failure) -> loop.inLoop());
                assertThat(await(two)).isTrue();
                var three = Async.spawn(() -> 1)
                        .thenCombine(CompletableFuture.supplyAsync(() -> 1), (left, right) -> loop.inLoop());
                assertThat(await(three)).isTrue();
                return null;
            });
        }
    }
}
