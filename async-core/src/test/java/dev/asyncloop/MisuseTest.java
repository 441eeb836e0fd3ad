package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.blocking;
import static dev.asyncloop.Async.withTimeout;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Law 3: everything is a coroutine, and waiting anywhere else fails at once with a way out. */
class MisuseTest {

    private static final CompletableFuture<Integer> NEVER = new CompletableFuture<>();

    @OnBothCarriers
    void callbacksTimersAndDependentsMayAwait(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            CountDownLatch ended = new CountDownLatch(4);
            Runnable awaits = () -> {
                yieldNow();
                await(loop.runInExecutor(() -> 1));
                ended.countDown();
            };
            loop.addCallback(awaits);
            loop.callLater(Duration.ofMillis(1), awaits);
            loop.spawn(() -> 1).thenRun(awaits);
            loop.spawn(() -> 1).whenComplete((value, failure) -> awaits.run());
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void awaitOnAForeignThreadNamesThreadPlaceAndRemedy() {
        assertThatThrownBy(() -> await(NEVER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("`await`")
                .hasMessageContaining("'main'")
                .hasMessageContaining("MisuseTest")
                .hasMessageContaining("IOLoop.spawn");
        assertThatThrownBy(IOLoop::current).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thePlaceIsTheCallersAlsoForWhatIsBuiltOnTheWaits() {
        List<ThrowingCallable> calls = List.of(
                () -> new dev.asyncloop.sync.Lock().lock(),
                () -> dev.asyncloop.channel.Channel.of(1).receive(),
                () -> new HomeLoop().checkpoint("enter"),
                () -> Suspension.begin("this"),
                () -> TaskGroup.run(group -> 1),
                () -> Async.asCompleted(List.of()));
        assertThat(calls)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(" was called in dev.asyncloop.MisuseTest."));
    }

    @OnBothCarriers
    void awaitInReactiveCodeNamesTheHandlerAsTheRemedy(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Mono<Integer> inMap = Flux.just(1).map(x -> await(NEVER)).single();
            assertThatThrownBy(() -> loop.runSync(() -> await(inMap)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("test-io")
                    .hasMessageContaining("@Coroutine");
        }
    }

    @OnBothCarriers
    void reactorRefusesToBlockOnTheEventLoop(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(
                            () -> await(Mono.fromCallable(() -> Mono.never().block()))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("block");
        }
    }

    @OnBothCarriers
    void waitingForTheLoopWhereItWaitsForTheCallerFails(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier)) {
            Task<Integer> never = loop.<Integer>promise("never").task();
            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            Runnable waits = () -> {
                thrown.add(catchThrowable(() -> loop.runSync(() -> 1)));
                thrown.add(catchThrowable(never::get));
                thrown.add(catchThrowable(() -> never.get(1, TimeUnit.HOURS)));
                thrown.add(catchThrowable(never::join));
                thrown.add(catchThrowable(loop::awaitStopped));
            };
            loop.eventLoopGroup().submit(waits).get(20, TimeUnit.SECONDS);
            loop.runSync(() -> catchThrowable(() -> withTimeout(Duration.ofMillis(1), () -> {
                Promise<Integer> cancelledByATimer = loop.promise("cancelled");
                cancelledByATimer.onCancel(waits);
                return await(cancelledByATimer.task());
            })));
            assertThat(thrown)
                    .hasSize(10)
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("it would wait for itself"));
        }
    }

    @OnBothCarriers
    void aLoopThatIsClosedByWhatItCancelsCloses(Carrier carrier) throws Exception {
        IOLoop loop = Loops.on(carrier);
        loop.promise("closes").onCancel(loop::close);
        Thread closing = Thread.ofPlatform().daemon().start(loop::close);
        assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
    }

    @OnBothCarriers
    void aThreadThatACoroutineStartsIsNoCoroutine(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Throwable> thrown = new ArrayList<>();
            loop.runSync(() -> {
                Thread child = Thread.startVirtualThread(() -> {
                    try {
                        await(NEVER);
                    } catch (Throwable ex) {
                        thrown.add(ex);
                    }
                });
                return blocking(() -> child.join(Duration.ofSeconds(20)));
            });
            assertThat(thrown).hasSize(1).first().isInstanceOf(IllegalStateException.class);
        }
    }

    @OnBothCarriers
    void aThreadWithTheExceptionHandlerOfACoroutineIsNoCoroutine(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Throwable> thrown = new CopyOnWriteArrayList<>();
            loop.runSync(() -> {
                Thread child = Thread.ofVirtual()
                        .uncaughtExceptionHandler(Thread.currentThread().getUncaughtExceptionHandler())
                        .start(() -> thrown.add(catchThrowable(() -> await(NEVER))));
                return blocking(() -> child.join(Duration.ofSeconds(20)));
            });
            assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
        }
    }

    @OnBothCarriers
    void aCoroutineWhoseThreadIsGivenAnotherExceptionHandlerIsNotKnownAnyMore(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> {
                        Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> {});
                        return await(NEVER);
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("`await`")
                    .hasMessageContaining("handler of uncaught exceptions");
            assertThat(loop.runSync(() -> 1)).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aCoroutineThatIsNotKnownAnyMoreDoesNotHoldTheLoopUp(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<Callable<?>> waits = List.of(
                    () -> loop.spawn(() -> 1).join(), () -> loop.spawn(() -> 1).get(), () -> loop.runSync(() -> 1));
            for (Callable<?> waitForTheLoop : waits) {
                assertThatThrownBy(() -> loop.runSync(() -> {
                            Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> {});
                            return waitForTheLoop.call();
                        }))
                        .isInstanceOf(IllegalStateException.class);
            }
            loop.runSync(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> {});
                loop.close();
                return null;
            });
        }
    }

    @OnBothCarriers
    void whatAThreadWithTheExceptionHandlerOfACoroutineThrowsIsLoggedAndToldToTheDefaultHandler(Carrier carrier)
            throws Exception {
        List<Throwable> told = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> told.add(ex));
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Thread child = Thread.ofVirtual()
                        .name("child")
                        .uncaughtExceptionHandler(Thread.currentThread().getUncaughtExceptionHandler())
                        .start(() -> {
                            throw new IllegalStateException("in the child");
                        });
                return blocking(() -> child.join(Duration.ofSeconds(20)));
            });
            assertThat(log.await(message -> message.contains("Exception in thread 'child' of 'runSync'")))
                    .isNotEmpty();
            assertThat(told).singleElement().isInstanceOf(IllegalStateException.class);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @OnBothCarriers
    void awaitInsideABlockingSectionSaysSo(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> blocking(() -> await(NEVER))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Async.blocking");
        }
    }

    @OnBothCarriers
    void waitingForTheLoopOnTheLoopIsRefused(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThatThrownBy(() -> loop.runSync(() -> loop.runSync(() -> 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("runSync")
                    .hasMessageContaining("wait for itself");
            assertThatThrownBy(() -> loop.runSync(() -> {
                        loop.awaitStopped();
                        return null;
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> loop.eventLoopGroup()
                            .submit(() -> loop.runSync(() -> 1))
                            .get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @OnBothCarriers
    void aTaskOfAnotherLoopCanBeAwaited(Carrier carrier) {
        try (IOLoop one = Loops.on(carrier);
                IOLoop two = Loops.on(carrier)) {
            int sum = one.runSync(() -> {
                IOLoop here = IOLoop.current();
                int there = await(two.spawn(() -> {
                    assertThat(IOLoop.current()).isSameAs(two);
                    assertThat(one.inLoop()).isFalse();
                    return 20;
                }));
                assertThat(IOLoop.current()).isSameAs(here).isSameAs(one);
                return there + 1;
            });
            assertThat(sum).isEqualTo(21);
        }
    }

    @OnBothCarriers
    void executorCallsRunOnPlatformThreadsOfTheLoopsOwn(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            Thread thread = loop.runSync(() -> await(loop.runInExecutor(Thread::currentThread)));
            assertThat(thread.isVirtual()).isFalse();
            assertThat(thread.getName()).startsWith("test-executor-");
        }
    }

    @Test
    void optionsRefuseBadValuesWithNameAndValue() {
        IOLoopOptions options = IOLoopOptions.defaults();
        assertThatThrownBy(() -> options.withName(" ")).hasMessageContaining("name");
        assertThatThrownBy(() -> options.withMaxCoroutines(0))
                .hasMessageContaining("maxCoroutines")
                .hasMessageContaining("0");
        assertThatThrownBy(() -> options.withSlowCallback(Duration.ZERO)).hasMessageContaining("slowCallback");
        assertThatThrownBy(() -> options.withGracePeriod(Duration.ofSeconds(-1)))
                .hasMessageContaining("PT-1S");
    }

    @OnBothCarriers
    @SuppressWarnings("NullAway") // the mistake that is tested
    void awaitOfNullSaysThatThereIsNothingToWaitFor(Carrier carrier) {
        CompletableFuture<Integer> nothing = null;
        Mono<Integer> noMono = null;
        try (IOLoop loop = Loops.on(carrier)) {
            Task<?> task = loop.spawn("mistaken", () -> {
                assertThatThrownBy(() -> await(nothing))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("'mistaken'")
                        .hasMessageContaining("nothing to wait for");
                assertThatThrownBy(() -> await(noMono))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("'mistaken'");
            });
            task.join();
        }
    }
}
