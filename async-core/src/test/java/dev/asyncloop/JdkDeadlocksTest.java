package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.SlowCallback.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * That a wait of the JDK's keeps the turn makes dead-locks possible: who has the turn waits for what only a coroutine can
 * bring. The watchdog names each of them with the way out. They can be ended from outside alone.
 */
class JdkDeadlocksTest {

    @OnBothCarriers
    void aLockWhoseOwnerIsInAnAwait(Carrier carrier) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CompletableFuture<Integer> go = new CompletableFuture<>();
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            Task<Integer> owner = stuck.loop().spawn("owner", () -> {
                lock.lock();
                try {
                    return await(go);
                } finally {
                    lock.unlock();
                }
            });
            Task<@Nullable Void> wants = stuck.loop().spawn("wants the lock", () -> {
                lock.lockInterruptibly();
                lock.unlock();
                return null;
            });
            stuck.assertHeld(
                    Held.TURN,
                    "'wants the lock'",
                    "waits in the JDK, for a java.util.concurrent.locks.ReentrantLock",
                    "dev.asyncloop.sync",
                    "JdkDeadlocksTest");
            go.complete(1); // which is of no use: the owner stands in line now
            wants.cancel(true);
            assertThat(owner.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            stuck.assertGoesOn();
            assertThatThrownBy(wants::join).isInstanceOf(CancellationException.class);
        }
    }

    /** Nothing ends the wait for a monitor. Even then the loops end, and say whom they leave behind. */
    @Test
    void aMonitorWhoseOwnerIsInAnAwait() throws Exception {
        try (CapturedLog log = CapturedLog.withWatchdog()) {
            List<IOLoop> loops = new ArrayList<>();
            for (Carrier carrier : Carrier.values()) {
                IOLoop loop = IOLoop.create(Loops.leavingBehind(carrier).withName("monitor-" + carrier));
                loops.add(loop);
                Object monitor = new Object();
                loop.spawn("owner", () -> {
                    synchronized (monitor) {
                        return await(new CompletableFuture<>());
                    }
                });
                loop.spawn("wants " + carrier, () -> {
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                });
                assertThat(log.await(message -> message.contains("'wants " + carrier + "'")))
                        .contains("it waits in the JDK, for a monitor", "Lock of dev.asyncloop.sync");
                assertThat(loop.statistics().slowCallbacks()).isEqualTo(1);
                assertThat(loop.statistics().heldFor()).isPositive();
            }
            loops.forEach(IOLoop::stop);
            loops.forEach(IOLoop::awaitStopped);
            assertThat(log.messages())
                    .filteredOn(line -> line.contains("have not ended"))
                    .hasSize(2);
        }
    }

    /** A wait of the JDK's for what another coroutine brings, and how somebody else brings it. */
    private static void waits(Carrier carrier, String blocker, JdkWait.Action wait, Runnable bring) throws Exception {
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            Task<Integer> waiter = stuck.loop().spawn("waiter", () -> {
                wait.run();
                return 1;
            });
            stuck.loop().spawn("would bring it", bring::run);
            stuck.assertHeld(
                    Held.TURN,
                    "'waiter'",
                    "and 1 wait behind it",
                    "waits in the JDK",
                    blocker,
                    "it waits for ever: use `await`, a Channel or a Lock of dev.asyncloop.sync");
            bring.run();
            assertThat(waiter.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            stuck.assertGoesOn();
        }
    }

    @OnBothCarriers
    void theFutureOfAForeignLibrary(Carrier carrier) throws Exception {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        waits(carrier, "CompletableFuture", future::get, () -> future.complete(1));
    }

    @OnBothCarriers
    void aTaskIsAwaitedInsteadSoItDoesNotDeadlock(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.runSync(Duration.ofSeconds(20), () -> {
                        Task<Integer> got = Async.spawn(() -> 1);
                        Task<Integer> joined = Async.spawn(() -> 2);
                        return got.get() + joined.toCompletableFuture().join();
                    }))
                    .isEqualTo(3);
        }
    }

    @OnBothCarriers
    void aQueue(Carrier carrier) throws Exception {
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
        waits(carrier, "AbstractQueuedSynchronizer", queue::take, () -> queue.add(1));
    }

    @OnBothCarriers
    void aSemaphore(Carrier carrier) throws Exception {
        Semaphore semaphore = new Semaphore(0);
        waits(carrier, "java.util.concurrent.Semaphore", semaphore::acquire, semaphore::release);
    }

    @OnBothCarriers
    void aLatch(Carrier carrier) throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        waits(carrier, "java.util.concurrent.CountDownLatch", latch::await, latch::countDown);
    }

    @OnBothCarriers
    void aMonoThatIsACoroutineOfTheSameLoop(Carrier carrier) throws Exception {
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            Task<@Nullable Integer> blocks = stuck.loop()
                    .spawn("blocks", () -> stuck.loop().mono("handler", () -> 1).block());
            stuck.assertHeld(Held.TURN, "'blocks'", "waits in the JDK", "for ever: use `await`");
            blocks.cancel(true);
            stuck.assertGoesOn();
            assertThatThrownBy(blocks::join).hasRootCauseInstanceOf(InterruptedException.class);
        }
    }

    @OnBothCarriers
    void anExecutorCallThatRunsACoroutineInItsTurn(Carrier carrier) throws Exception {
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            IOLoop loop = stuck.loop();
            Task<Integer> waiter = loop.spawn("waiter", () -> {
                CompletableFuture<Integer> result = new CompletableFuture<>();
                loop.runInExecutor(() -> result.complete(loop.runSync(() -> 42)));
                return result.get(); // of the JDK, not `await`
            });
            stuck.assertHeld(Held.TURN, "'waiter'", "CompletableFuture", "use `await`");
            waiter.cancel(true);
            stuck.assertGoesOn();
        }
    }

    /** The event loop waits for a lock, and so nothing comes for which its owner waits. Timers go on. */
    @OnBothCarriers
    void aLockHeldAcrossAnAwaitThatCodeOnTheEventLoopWants(Carrier carrier) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        CompletableFuture<Integer> fromNetty = new CompletableFuture<>();
        CountDownLatch reported = new CountDownLatch(1);
        try (StuckLoop stuck = new StuckLoop(carrier)) {
            IOLoop loop = stuck.loop();
            Task<Integer> owner = loop.spawn("owner", () -> {
                lock.lock();
                try {
                    loop.eventLoopGroup().execute(() -> {
                        lock.lock();
                        lock.unlock();
                    });
                    loop.eventLoopGroup().execute(() -> fromNetty.complete(1)); // never gets there
                    return withTimeout(Duration.ofSeconds(1), () -> await(fromNetty));
                } finally {
                    lock.unlock();
                    reported.await(20, TimeUnit.SECONDS);
                }
            });
            String report = stuck.log().await(message -> message.contains("Code on the event loop"));
            reported.countDown();
            assertThat(report)
                    .contains(
                            "no I/O of this loop goes on",
                            "waits in the JDK, for a java.util.concurrent.locks.Reentrant")
                    .contains("a lock that a coroutine holds across an `await`", "IOLoop.mono");
            assertThatThrownBy(owner::join).hasCauseInstanceOf(AsyncTimeoutException.class);
            assertThat(fromNetty.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            stuck.log().await(message -> message.endsWith("that is over"));
        }
    }
}
