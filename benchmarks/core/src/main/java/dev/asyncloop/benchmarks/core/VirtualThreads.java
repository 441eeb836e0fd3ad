package dev.asyncloop.benchmarks.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Virtual threads on the JDK's scheduler, which has one carrier here as the others have. */
@State(Scope.Benchmark)
@Fork(jvmArgsAppend = {"-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"})
public class VirtualThreads {

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /** As the JDK's own timers for virtual threads are. */
    public VirtualThreads() {
        timers.setRemoveOnCancelPolicy(true);
    }

    /** Ends the threads. */
    @TearDown
    public void end() {
        timers.shutdownNow();
        executor.shutdownNow();
    }

    private static int run(IntSupplier work) throws ExecutionException, InterruptedException {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                result.complete(work.getAsInt());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.get();
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Two threads that give way to each other. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int switchBetweenTwo() throws ExecutionException, InterruptedException {
        return run(() -> {
            List<Thread> two = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                two.add(Thread.startVirtualThread(() -> {
                    for (int turn = 0; turn < Count.OPERATIONS / 2; turn++) {
                        Thread.yield();
                    }
                }));
            }
            join(two);
            return 0;
        });
    }

    /** A thread from its start to its end, with its result. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int startToEnd() throws ExecutionException, InterruptedException {
        return run(() -> {
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS / Count.BATCH; i++) {
                sum += submit(Count.BATCH);
            }
            return sum;
        });
    }

    private int submit(int count) {
        List<Future<Integer>> children = new ArrayList<>(count);
        for (int child = 0; child < count; child++) {
            children.add(executor.submit(() -> 1));
        }
        int sum = 0;
        try {
            for (Future<Integer> child : children) {
                sum += child.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return sum;
    }

    /** {@code join} of what is done. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfDone() throws ExecutionException, InterruptedException {
        return run(() -> {
            CompletableFuture<Integer> done = CompletableFuture.completedFuture(1);
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS; i++) {
                sum += done.join();
            }
            return sum;
        });
    }

    /** {@code join} of what another thread completes then. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int awaitOfPending() throws ExecutionException, InterruptedException {
        return run(() -> {
            List<CompletableFuture<Integer>> there = futures();
            List<CompletableFuture<Integer>> back = futures();
            Thread.startVirtualThread(() -> {
                for (int i = 0; i < there.size(); i++) {
                    back.get(i).complete(there.get(i).join());
                }
            });
            int sum = 0;
            for (int i = 0; i < there.size(); i++) {
                there.get(i).complete(1);
                sum += back.get(i).join();
            }
            return sum;
        });
    }

    private static List<CompletableFuture<Integer>> futures() {
        return Stream.generate(CompletableFuture<Integer>::new)
                .limit(Count.OPERATIONS / 2)
                .toList();
    }

    /** Ten threads, all of which are waited for. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS / Count.TEN)
    public int gatherOfTen() throws ExecutionException, InterruptedException {
        return run(() -> {
            int sum = 0;
            for (int i = 0; i < Count.OPERATIONS / Count.TEN; i++) {
                sum += submit(Count.TEN);
            }
            return sum;
        });
    }

    /** An item through a queue, from one thread to another. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int channel() throws ExecutionException, InterruptedException {
        return run(() -> {
            BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(Count.CAPACITY);
            try {
                Thread.startVirtualThread(() -> fill(queue));
                int sum = 0;
                for (int i = 0; i < Count.OPERATIONS; i++) {
                    sum += queue.take();
                }
                return sum;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void fill(BlockingQueue<Integer> queue) {
        try {
            for (int i = 0; i < Count.OPERATIONS; i++) {
                queue.put(i);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A timer that is cancelled before it is due. */
    @Benchmark
    @OperationsPerInvocation(Count.OPERATIONS)
    public int timer() throws ExecutionException, InterruptedException {
        return run(() -> {
            int cancelled = 0;
            for (int i = 0; i < Count.OPERATIONS; i++) {
                cancelled += timers.schedule(() -> {}, 1, TimeUnit.MINUTES).cancel(false) ? 1 : 0;
            }
            return cancelled;
        });
    }
}
