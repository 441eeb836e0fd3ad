package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traps that virtual threads on a scheduler of one's own set, each seen once. */
class CarrierTrapsTest {

    /** Taking a stack trace hands a runnable thread's continuation to its scheduler once more. */
    @OnBothCarriers
    void stackSamplesDoNotDisturbTheTurn(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> threads = new ArrayList<>();
            CountDownLatch started = new CountDownLatch(4);
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(loop.spawn(() -> {
                    threads.add(Thread.currentThread());
                    started.countDown();
                    int turns = 0;
                    while (!over.get()) {
                        if (inside.incrementAndGet() != 1) {
                            overlaps.incrementAndGet();
                        }
                        turns++;
                        inside.decrementAndGet();
                        yieldNow();
                    }
                    return turns;
                }));
            }
            started.await();
            for (int i = 0; i < 5_000; i++) {
                for (Thread thread : threads) {
                    thread.getStackTrace();
                }
            }
            over.set(true);
            for (Task<Integer> task : tasks) {
                assertThat(task.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
            }
            assertThat(overlaps).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wakeUpsFromOutsideAtOddMomentsAreNotLost(boolean nativeTransport) throws Exception {
        for (Carrier carrier : Carrier.values()) {
            try (IOLoop loop = IOLoop.create(Loops.options(carrier).withNativeTransport(nativeTransport))) {
                assertThat(loop.transport()).isEqualTo(nativeTransport ? "epoll" : "nio");
                for (int i = 0; i < 5_000; i++) {
                    AtomicBoolean ran = new AtomicBoolean();
                    CompletableFuture<Integer> foreign = new CompletableFuture<>();
                    Task<Integer> task = loop.spawn(() -> {
                        ran.set(true);
                        return await(foreign);
                    });
                    for (int spin = i % 200; spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    foreign.complete(i);
                    assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo(i);
                }
            }
        }
    }

    /** The first blocking socket of a coroutine must not put the JDK's pollers on the loop for good. */
    @Test
    void theJdksPollersDoNotLandOnTheLoop() throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(Carrier.EVENT_LOOP);
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            loop.runSync(() -> blocking(() -> {
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                        Socket accepted = server.accept()) {
                    return accepted.isConnected();
                }
            }));
            AtomicBoolean release = new AtomicBoolean();
            loop.addCallback(() -> {
                while (!release.get()) {
                    Thread.onSpinWait();
                }
            });
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var accepted = threads.submit(server::accept);
                try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    assertThat(accepted.get(20, TimeUnit.SECONDS).isConnected()).isTrue();
                }
            } finally {
                release.set(true);
            }
        }
    }

    @Test
    void everythingOfTheEventLoopCarrierRunsOnOnePlatformThread() throws Exception {
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP)) {
            List<String> carriers = new ArrayList<>();
            loop.runSync(() -> carriers.add(platformThread()));
            loop.runSync(() -> {
                await(loop.runInExecutor(() -> 1));
                return carriers.add(platformThread());
            });
            CountDownLatch timer = new CountDownLatch(1);
            loop.callLater(Duration.ofMillis(1), () -> {
                carriers.add(platformThread());
                timer.countDown();
            });
            assertThat(timer.await(20, TimeUnit.SECONDS)).isTrue();
            AtomicReference<String> io = new AtomicReference<>();
            loop.eventLoopGroup().submit(() -> io.set(platformThread())).get(20, TimeUnit.SECONDS);
            carriers.add(io.get());
            assertThat(carriers).hasSize(4).containsOnly(carriers.getFirst());
        }
    }

    /** A virtual thread's text ends with the carrier that it is mounted on. */
    private static String platformThread() {
        String text = Thread.currentThread().toString();
        return text.substring(text.indexOf('@'));
    }

    @Test
    void aLoopOnTheJdksCarrierThatIsUsedFromAnEventLoopCarrierDoesNotLandOnIt() {
        try (IOLoop eventLoop = Loops.on(Carrier.EVENT_LOOP);
                IOLoop jdk = Loops.on(Carrier.JDK)) {
            String thread = eventLoop.runSync(() -> await(jdk.spawn(CarrierTrapsTest::platformThread)));
            assertThat(thread).startsWith("@ForkJoinPool");
        }
    }

    @OnBothCarriers
    void aBusyHolderAndADueTimerDoNotKeepAnybodySpinning(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            loop.callLater(Duration.ofMillis(1), () -> {});
            loop.addCallback(() -> {
                blocked.countDown();
                try {
                    go.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException ex) {
                    throw new AssertionError(ex);
                }
            });
            blocked.await();
            long before = cpuOfOtherThreads();
            assertThatNothingHappensFor(Duration.ofMillis(300));
            long spent = cpuOfOtherThreads() - before;
            go.countDown();
            assertThat(Duration.ofNanos(spent)).isLessThan(Duration.ofMillis(200));
        }
    }

    private static void assertThatNothingHappensFor(Duration duration) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS))
                .isFalse();
    }

    private static long cpuOfOtherThreads() {
        var threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith("test")) {
                sum += Math.max(0, threads.getThreadCpuTime(id));
            }
        }
        return sum;
    }
}
