package dev.asyncloop.benchmarks.core;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** How much of the heap a suspended coroutine takes, in a JVM of its own: the heap in use after a collection, before and with many. */
public final class Suspended {

    private static final int COROUTINES = 100_000;

    /** The first rounds are interpreted, and an interpreted frame is larger. */
    private static final int ROUNDS = 8;

    private final LinkedBlockingQueue<Long> measured = new LinkedBlockingQueue<>();

    private long before;

    private Suspended() {}

    /** Takes {@code EVENT_LOOP}, {@code JDK}, {@code virtual} or {@code kotlin}; prints the bytes that each took in the last round. */
    public static void main(String[] arguments) throws InterruptedException {
        Suspended suspended = new Suspended();
        for (int round = 0; round < ROUNDS; round++) {
            suspended.before = usedHeap();
            switch (arguments[0]) {
                case "virtual" -> suspended.virtualThreads();
                case "kotlin" -> KotlinCoroutines.suspended(COROUTINES, suspended::measure);
                default -> suspended.coroutines(Carrier.valueOf(arguments[0]));
            }
        }
        long last = 0;
        while (!suspended.measured.isEmpty()) {
            last = suspended.measured.remove();
        }
        System.out.println(last);
    }

    private void coroutines(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withCarrier(carrier))) {
            before = usedHeap();
            Promise<Integer> promise = loop.promise("all");
            Task<Integer> awaited = promise.task();
            List<Task<Integer>> tasks = new ArrayList<>(COROUTINES);
            for (int i = 0; i < COROUTINES; i++) {
                tasks.add(loop.spawn(() -> await(awaited)));
            }
            loop.runSync(() -> null); // they all wait now
            measure();
            promise.succeed(1);
            tasks.forEach(Task::join);
        }
    }

    private void virtualThreads() throws InterruptedException {
        CompletableFuture<Integer> awaited = new CompletableFuture<>();
        CountDownLatch started = new CountDownLatch(COROUTINES);
        List<Thread> threads = new ArrayList<>(COROUTINES);
        for (int i = 0; i < COROUTINES; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                started.countDown();
                awaited.join();
            }));
        }
        if (!started.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("Not all of them have started");
        }
        while (threads.getLast().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        measure();
        awaited.complete(1);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void measure() {
        measured.add((usedHeap() - before) / COROUTINES);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
