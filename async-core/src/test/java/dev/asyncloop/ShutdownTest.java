package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.shielded;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asyncloop.testing.ManualClock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Law 8: what comes after the end of a loop meets a clear error or nothing at all, and a closed loop leaves nothing. */
class ShutdownTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static IOLoop shortLived(Carrier carrier) {
        return IOLoop.create(Loops.leavingBehind(carrier));
    }

    // ---- what its users call

    @OnBothCarriers
    void workThatComesAfterTheCloseIsRefusedAndTheErrorNamesTheLoopAndTheWayOut(Carrier carrier) {
        IOLoop loop = Loops.on(carrier);
        PeriodicCallback tick = new PeriodicCallback(loop, Duration.ofSeconds(1), () -> {});
        loop.close();
        AtomicInteger ran = new AtomicInteger();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("addCallback", () -> loop.addCallback(ran::incrementAndGet));
        calls.put("execute", () -> loop.execute(ran::incrementAndGet));
        calls.put("spawn", () -> loop.spawn(() -> ran.incrementAndGet()));
        calls.put("spawn of a Runnable", () -> loop.spawn((Runnable) ran::incrementAndGet));
        calls.put("spawn with a name", () -> loop.spawn("late", () -> ran.incrementAndGet()));
        calls.put("spawn of a Runnable with a name", () -> loop.spawn("late", (Runnable) ran::incrementAndGet));
        calls.put("callLater", () -> loop.callLater(Duration.ZERO, ran::incrementAndGet));
        calls.put("callLater with a name", () -> loop.callLater("late", LONG, ran::incrementAndGet));
        calls.put("callAt", () -> loop.callAt(Instant.EPOCH, ran::incrementAndGet));
        calls.put("runInExecutor", () -> loop.runInExecutor(ran::incrementAndGet));
        calls.put("runSync", () -> loop.runSync(ran::incrementAndGet));
        calls.put("runSync with a limit", () -> loop.runSync(LONG, ran::incrementAndGet));
        calls.put("PeriodicCallback.start", tick::start);
        calls.put("mono", () -> loop.mono("late", ran::incrementAndGet).block(Duration.ofSeconds(20)));
        calls.forEach((name, call) -> assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(LoopClosedException.class)
                .hasMessageContaining("'test' is closed")
                .hasMessageContaining("before the loop is closed"));
        assertThat(ran).hasValue(0);
        assertThat(loop.statistics().live()).isZero();
    }

    @OnBothCarriers
    void aSecondCloseAndAStopAreNoError(Carrier carrier) {
        IOLoop loop = Loops.on(carrier);
        loop.close();
        loop.close();
        loop.stop();
        loop.awaitStopped();
        assertThat(loop.isClosing()).isTrue();
    }

    @OnBothCarriers
    void aLimitThatNothingWouldKeepIsRefused(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        Task<Integer> done = loop.spawn(() -> 1);
        done.get(20, TimeUnit.SECONDS);
        Promise<Integer> late = loop.promise("late");
        loop.close();
        CompletableFuture<Integer> never = new CompletableFuture<>();
        assertThatThrownBy(() -> done.thenApply(value -> withTimeout(Duration.ofMillis(1), () -> await(never)))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LoopClosedException.class);
        assertThatThrownBy(() -> done.thenApply(value -> TaskGroup.<Integer>run(
                                TaskGroup.Options.defaults().withDeadline(Duration.ofMillis(1)), group -> await(never)))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(LoopClosedException.class);
        assertThat(late.task().isCancelled()).isTrue();
        Task<Integer> made = loop.<Integer>promise("made afterwards").task();
        assertThatThrownBy(() -> made.orTimeout(Duration.ofMillis(1)))
                .isInstanceOf(LoopClosedException.class)
                .hasMessageContaining("'made afterwards'")
                .hasMessageContaining("'test'");
        assertThatThrownBy(() -> made.completeOnTimeout(1, Duration.ofMillis(1)))
                .isInstanceOf(LoopClosedException.class);
        assertThatThrownBy(() -> made.toCompletableFuture().orTimeout(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(LoopClosedException.class);
        assertThat(done.orTimeout(Duration.ofMillis(1)).get(20, TimeUnit.SECONDS))
                .as("what is done needs no timer")
                .isEqualTo(1);
    }

    // ---- what foreign threads deliver

    @OnBothCarriers
    void whatAForeignThreadCompletesAfterTheEndDoesNotThrowIntoIt(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            CompletableFuture<Integer> awaited = new CompletableFuture<>();
            CompletableFuture<Integer> combined = new CompletableFuture<>();
            Sinks.One<Integer> sink = Sinks.one();
            Promise<Integer> promise = loop.promise("promise");
            Task<Integer> one = loop.spawn(() -> 1);
            one.get(20, TimeUnit.SECONDS);
            CompletionStage<Integer> sum = one.thenCombine(combined, Integer::sum);
            CompletionStage<Integer> ofPromise = promise.task().thenApply(value -> value + 1);
            AtomicReference<Suspension<Integer>> suspension = new AtomicReference<>();
            CountDownLatch waiting = new CountDownLatch(3);
            List<Task<Integer>> tasks = new ArrayList<>();
            tasks.add(loop.spawn(() -> {
                waiting.countDown();
                return await(awaited);
            }));
            tasks.add(loop.spawn(() -> {
                waiting.countDown();
                return await(sink.asMono());
            }));
            tasks.add(loop.spawn(() -> {
                suspension.set(Suspension.begin("somebody"));
                waiting.countDown();
                return suspension.get().await();
            }));
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();

            assertThat(tasks).allMatch(Task::isCancelled);
            assertThat(awaited.complete(5)).isTrue();
            sink.tryEmitValue(5);
            assertThat(suspension.get().resume(5)).isFalse();
            assertThat(suspension.get().fail(new IllegalStateException("late"))).isFalse();
            assertThat(promise.succeed(5)).isFalse();
            assertThat(promise.fail(new IllegalStateException("late"))).isFalse();
            assertThat(tasks).allMatch(task -> !task.cancel(true));
            assertThat(combined.complete(5)).isTrue();
            assertThat(sum.toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .as("a dependent still ends")
                    .isEqualTo(6);
            assertThatThrownBy(() -> ofPromise.toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .hasStackTraceContaining("'test' is closed");
            assertThat(log.messages()).noneMatch(message -> message.contains("Exception"));
        }
    }

    @OnBothCarriers
    void aPromiseThatIsMadeAfterTheEndIsKeptByHandAsAlways(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        loop.close();
        Promise<Integer> promise = loop.promise("late");
        CompletionStage<Integer> dependent = promise.task().thenApply(value -> value + 1);
        assertThat(promise.succeed(1)).isTrue();
        assertThat(promise.task().get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(dependent.toCompletableFuture().get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @OnBothCarriers
    void aCoroutineThatOutlivesItsLoopIsWokenCancelledAndInterruptedWithoutAnError(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            Semaphore wake = new Semaphore(0);
            CountDownLatch blocked = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            Task<Integer> leftover = loop.spawn(
                    "leftover",
                    () -> shielded(() -> blocking(() -> {
                        thread.set(Thread.currentThread());
                        blocked.countDown();
                        wake.acquireUninterruptibly();
                        return 5;
                    })));
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            assertThat(leftover.isDone()).isFalse();
            for (int i = 0; i < 100; i++) {
                LockSupport.unpark(thread.get());
                thread.get().interrupt();
                assertThat(leftover.cancel(i % 2 == 0)).isTrue();
            }
            assertThat(leftover.isDone()).isFalse();
            wake.release();
            assertThat(leftover.get(20, TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(log.messages())
                    .anyMatch(message ->
                            message.contains("closing and cancels 1 coroutines") && message.contains("leftover"));
        }
    }

    @OnBothCarriers
    void anExecutorCallThatEndsLateStillEndsItsTask(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            Semaphore go = new Semaphore(0);
            CountDownLatch running = new CountDownLatch(1);
            Task<Integer> late = loop.runInExecutor(() -> {
                running.countDown();
                go.acquireUninterruptibly();
                return 5;
            });
            CompletionStage<Integer> dependent = late.thenApply(value -> value + 1);
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            assertThat(late.isDone()).isFalse();
            go.release();
            assertThat(late.get(20, TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(dependent.toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isEqualTo(6);
        }
    }

    @OnBothCarriers
    void aCloseIsNotHeldUpByWhatSomebodyDoesWhenItIsCancelled(Carrier carrier) throws Exception {
        IOLoop loop = shortLived(carrier);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        try {
            Promise<Integer> promise = loop.promise("never kept");
            promise.onCancel(() -> {
                asked.countDown();
                awaitQuietly(go);
            });
            Thread closer = Thread.ofPlatform().daemon().start(loop::close);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
        } finally {
            go.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** Its threads have gone before the last coroutines have; that they were busy would not be true. */
    @OnBothCarriers
    void theExecutorOfALoopThatEndsIsClosedAndNotFull(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            loop.spawn(() -> {
                try {
                    shielded(() -> await(new CompletableFuture<>()));
                } finally {
                    refused.complete(catchThrowable(() -> loop.runInExecutor(() -> 1)));
                }
                return null;
            });
            Loops.settle(loop);
            loop.close();
            assertThat(refused.get(20, TimeUnit.SECONDS)).isInstanceOf(LoopClosedException.class);
        }
    }

    @OnBothCarriers
    void aTimerIsCancelledAfterTheEndAndNoClockSetsItOffAnyMore(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        IOLoop loop = IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(Duration.ZERO));
        AtomicInteger fired = new AtomicInteger();
        TimerHandle cancelled = loop.callLater(Duration.ofSeconds(1), fired::incrementAndGet);
        TimerHandle left = loop.callLater(Duration.ofSeconds(1), fired::incrementAndGet);
        Task<?> sleeper = loop.spawn(() -> sleep(Duration.ofSeconds(1)));
        Loops.settle(loop);
        loop.close();
        assertThat(sleeper.isCancelled()).isTrue();
        assertThat(cancelled.cancel()).isTrue();
        assertThat(cancelled.cancel()).isFalse();
        long started = loop.statistics().started();
        clock.advance(Duration.ofHours(1));
        CountDownLatch round = new CountDownLatch(1);
        ((DefaultIOLoop) loop).turn().run(round::countDown); // behind what the clock may have set off
        assertThat(round.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.statistics().started()).isEqualTo(started);
        assertThat(fired).hasValue(0);
        left.cancel();
    }

    @OnBothCarriers
    void theSubscriptionOfAMonoBehindAShieldEndsWithItsLoop(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            CountDownLatch subscribed = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            Mono<Integer> never = Mono.<Integer>never()
                    .doOnSubscribe(subscription -> subscribed.countDown())
                    .doOnCancel(cancelled::countDown);
            Task<?> task = loop.spawn(() -> shielded(() -> await(never)));
            assertThat(subscribed.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
            assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    // ---- what is left

    @ParameterizedTest
    @CsvSource({"EVENT_LOOP, true", "EVENT_LOOP, false", "JDK, true", "JDK, false"})
    void channelsOnTheLoopAreClosedWithIt(Carrier carrier, boolean nativeTransport) throws Exception {
        IOLoop loop = IOLoop.create(Loops.options(carrier).withNativeTransport(nativeTransport));
        Channel server = serve(loop);
        loop.close();
        assertThat(server.closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"EVENT_LOOP, true", "EVENT_LOOP, false", "JDK, true", "JDK, false"})
    void aHundredLoopsLeaveNoThreadAndNoDescriptor(Carrier carrier, boolean nativeTransport) throws Exception {
        IOLoopOptions options = Loops.options(carrier).withName("hundred").withNativeTransport(nativeTransport);
        useAndClose(options); // what the JVM opens once is open now
        eventually(() -> threadsNamed("hundred").isEmpty());
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            useAndClose(options);
        }
        eventually(() -> threadsNamed("hundred").isEmpty());
        assertThat(threadsNamed("hundred")).isEmpty();
        assumeTrue(before > 0, "there is no /proc/self/fd");
        eventually(() -> descriptors() < before + 20);
        assertThat(descriptors()).isLessThan(before + 20);
    }

    @ParameterizedTest
    @CsvSource({"EVENT_LOOP, true", "EVENT_LOOP, false", "JDK, true", "JDK, false"})
    void nothingKeepsAClosedLoop(Carrier carrier, boolean nativeTransport) throws Exception {
        WeakReference<IOLoop> loop = useAndClose(Loops.options(carrier).withNativeTransport(nativeTransport));
        eventually(() -> {
            System.gc();
            return loop.get() == null;
        });
        assertThat(loop.get()).isNull();
    }

    private static WeakReference<IOLoop> useAndClose(IOLoopOptions options) throws Exception {
        IOLoop loop = IOLoop.create(options);
        loop.callLater(LONG, () -> {});
        CountDownLatch timer = new CountDownLatch(1);
        loop.callLater(Duration.ofNanos(1), timer::countDown);
        Channel server = serve(loop);
        try (Socket client = new Socket()) {
            client.connect(server.localAddress(), 20_000);
            int sum = loop.runSync(() -> await(loop.runInExecutor(() -> 1)) + await(Async.spawn(() -> 1)));
            assertThat(sum).isEqualTo(2);
            assertThat(timer.await(20, TimeUnit.SECONDS)).isTrue();
            loop.close();
        }
        return new WeakReference<>(loop);
    }

    private static Channel serve(IOLoop loop) throws InterruptedException {
        return new ServerBootstrap()
                .group(loop.eventLoopGroup())
                .channel(
                        loop.transport().equals("epoll")
                                ? EpollServerSocketChannel.class
                                : NioServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private static List<String> threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    /** Returns how many file descriptors are open, or 0 where that can't be told. */
    private static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException ex) {
            return 0;
        }
    }

    private static void eventually(BooleanSupplier condition) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < limit) {
            Thread.yield();
        }
    }

    /** Nor does anything else wait on then: a promise of the loop, for example. */
    @OnBothCarriers
    void whatWaitsBehindAShieldEndsHoweverDeepOneOwnsAnother(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            IOLoop loop = shortLived(carrier);
            Promise<Integer> promise = loop.promise("given by nobody");
            CountDownLatch begun = new CountDownLatch(1);
            Task<?> top = loop.spawn(() -> shielded(() -> {
                nest(100_000, begun);
                return null;
            }));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            loop.close();
            assertThatThrownBy(() -> promise.task().get(60, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("'test' is closed");
            assertThatThrownBy(() -> top.get(60, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(log.messages()).noneMatch(message -> message.contains("Exception"));
        }
    }

    private static void nest(int depth, CountDownLatch begun) {
        if (depth == 0) {
            begun.countDown();
        } else {
            Async.spawn(() -> nest(depth - 1, begun));
        }
        sleep(LONG);
    }
}
