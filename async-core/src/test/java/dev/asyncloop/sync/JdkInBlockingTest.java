package dev.asyncloop.sync;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/** The JDK's own locks and queues, for what is shared with other threads: inside {@code blocking} the others go on. */
class JdkInBlockingTest {

    /** Lets one coroutine block until another one, which has its turn meanwhile, ends that. */
    private static void othersGoOnUntil(Carrier carrier, Callable<Object> blocks, Runnable ends) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> order = new ArrayList<>();
            loop.runSync(() -> {
                Task<?> first = spawn(() -> {
                    order.add("blocks");
                    blocking(blocks);
                    order.add("goes on");
                });
                Task<?> second = spawn(() -> {
                    settle(); // turn after turn
                    order.add("another one");
                    ends.run();
                });
                await(first);
                return await(second);
            });
            assertThat(order).containsExactly("blocks", "another one", "goes on");
        }
    }

    @OnBothCarriers
    void aReentrantLock(Carrier carrier) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread foreign = Thread.ofPlatform().start(() -> {
            lock.lock();
            locked.countDown();
            try {
                done.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            } finally {
                lock.unlock();
            }
        });
        locked.await();
        othersGoOnUntil(
                carrier,
                () -> {
                    lock.lock();
                    try {
                        return "guarded";
                    } finally {
                        lock.unlock();
                    }
                },
                done::countDown);
        foreign.join();
    }

    @OnBothCarriers
    void aSemaphore(Carrier carrier) {
        Semaphore semaphore = new Semaphore(0);
        othersGoOnUntil(
                carrier,
                () -> {
                    semaphore.acquire();
                    return "permit";
                },
                semaphore::release);
    }

    @OnBothCarriers
    void aBlockingQueue(Carrier carrier) {
        BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
        othersGoOnUntil(carrier, queue::take, () -> queue.add("item"));
    }

    @OnBothCarriers
    void aCountDownLatch(Carrier carrier) {
        CountDownLatch latch = new CountDownLatch(1);
        othersGoOnUntil(
                carrier,
                () -> {
                    latch.await();
                    return "open";
                },
                latch::countDown);
    }

    @OnBothCarriers
    void cancellationInterruptsTheWaitAndTakesNothing(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
            loop.runSync(() -> {
                Task<String> taker = spawn(() -> blocking(queue::take));
                settle();
                taker.cancel(false);
                assertThatThrownBy(() -> await(taker)).isInstanceOf(CancellationException.class);
                queue.add("item");
                assertThat(queue.poll()).isEqualTo("item");
                return null;
            });
        }
    }
}
