package dev.asyncloop.spring.shedlock;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicRun;
import dev.asyncloop.PeriodicSkippedException;
import dev.asyncloop.Task;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Blocking;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockingTaskExecutorListener;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.LockProviderToUse;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a lock means to a coroutine; one over a real database is in OncePerClusterTest. */
class SchedulerLockTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(Application.class);

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    @Import({Jobs.class, Ticks.class, Events.class})
    static class Application {

        @Bean
        @Primary
        MemoryLocks locks() {
            return new MemoryLocks();
        }

        @Bean
        MemoryLocks otherLocks() {
            return new MemoryLocks();
        }
    }

    @Component
    static class Jobs {

        private final List<String> calls = new CopyOnWriteArrayList<>();

        private CompletableFuture<String> gate = new CompletableFuture<>();

        List<String> calls() {
            return calls;
        }

        /** What all of them wait for. */
        CompletableFuture<String> gate() {
            return gate;
        }

        void reset() {
            calls.clear();
            gate = new CompletableFuture<>();
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "awaiting")
        void awaiting() {
            calls.add("awaiting");
            await(gate);
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "mono")
        Mono<String> mono() {
            calls.add("mono");
            return Mono.fromFuture(gate, true);
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "flux")
        Flux<String> flux() {
            calls.add("flux");
            return Flux.concat(Mono.fromFuture(gate, true), Mono.just("two"));
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "stage")
        CompletionStage<String> stage() {
            calls.add("stage");
            return gate;
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "failing")
        void failing() throws IOException {
            Async.yieldNow();
            throw new IOException("the job's own");
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "extending")
        String extending() {
            Async.yieldNow();
            LockAssert.assertLocked();
            LockExtender.extendActiveLock(Duration.ofMinutes(1), Duration.ZERO);
            Async.yieldNow();
            LockAssert.assertLocked();
            return await(Async.spawn(() -> {
                Throwable inChild = catchThrowable(LockAssert::assertLocked);
                return inChild == null ? "locked" : inChild.getMessage();
            }));
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "blocking")
        @Blocking
        Mono<Boolean> blocking() {
            boolean withTheTurn = Async.inCoroutine();
            return Mono.fromFuture(gate, true).thenReturn(withTheTurn);
        }

        @Periodic(every = "1h")
        @SchedulerLock(name = "elsewhere")
        @LockProviderToUse("otherLocks")
        void elsewhere() {}

        /** Calls one by its name, in a coroutine, as the schedule does. */
        static @Nullable Object call(Jobs jobs, String name) {
            return switch (name) {
                case "awaiting" -> {
                    jobs.awaiting();
                    yield null;
                }
                case "mono" -> jobs.mono();
                case "flux" -> jobs.flux();
                case "stage" -> jobs.stage();
                default -> throw new IllegalArgumentException(name);
            };
        }
    }

    @Component
    static class Ticks {

        private final AtomicInteger calls = new AtomicInteger();

        int calls() {
            return calls.get();
        }

        @Periodic(delay = "5ms")
        @SchedulerLock(name = "by the schedule")
        void tick() {
            LockAssert.assertLocked();
            calls.incrementAndGet();
        }
    }

    @Component
    static class Events implements LockingTaskExecutorListener {

        final List<String> events = new CopyOnWriteArrayList<>();

        private void add(String event, LockConfiguration configuration) {
            if (configuration.getName().equals("awaiting")) {
                events.add(event);
            }
        }

        @Override
        public void onLockAttempt(LockConfiguration configuration) {
            add("attempt", configuration);
        }

        @Override
        public void onLockAcquired(LockConfiguration configuration) {
            add("acquired", configuration);
        }

        @Override
        public void onLockNotAcquired(LockConfiguration configuration) {
            add("not acquired", configuration);
        }

        @Override
        public void onTaskStarted(LockConfiguration configuration) {
            add("started", configuration);
        }

        @Override
        public void onTaskFinished(LockConfiguration configuration, Duration executionTime) {
            add("finished", configuration);
        }
    }

    // ---- held until the end

    @ParameterizedTest
    @CsvSource({
        "EVENT_LOOP, awaiting", "EVENT_LOOP, mono", "EVENT_LOOP, flux", "EVENT_LOOP, stage",
        "JDK, awaiting", "JDK, mono", "JDK, flux", "JDK, stage"
    })
    void theLockIsHeldUntilWhatTheRunAwaitsHasEnded(Carrier carrier, String name) {
        MemoryLocks locks = locks(carrier);
        Jobs jobs = jobs(carrier);
        inLoop(carrier, () -> {
            Task<?> run = Async.spawn(() -> Jobs.call(jobs, name));
            until(() -> jobs.calls().contains(name));
            for (int i = 0; i < 5; i++) {
                Async.yieldNow();
            }
            assertThat(locks.isHeld(name)).isTrue();
            assertThat(run.isDone()).isFalse();

            assertThatThrownBy(() -> Jobs.call(jobs, name)) // another one is left out
                    .isInstanceOf(PeriodicSkippedException.class)
                    .hasMessage("Another instance has the lock '" + name + "'");
            assertThat(jobs.calls()).containsExactly(name);

            jobs.gate().complete("one");
            awaitResult(await(run));
            assertThat(locks.isHeld(name)).isFalse();
            assertThat(locks.calls.stream().filter(call -> call.contains(name)))
                    .containsExactly("lock " + name, "lock " + name, "unlock " + name);

            awaitResult(Jobs.call(jobs, name));
            assertThat(jobs.calls()).containsExactly(name, name);
            return "";
        });
    }

    private static @Nullable Object awaitResult(@Nullable Object result) {
        return switch (result) {
            case Mono<?> mono -> await(mono);
            case Flux<?> flux -> await(flux.collectList());
            case CompletionStage<?> stage -> await(stage);
            case null -> null;
            default -> throw new IllegalArgumentException("" + result);
        };
    }

    @ParameterizedTest
    @EnumSource
    void whoCallsAMethodGetsItsValue(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        jobs.gate().complete("value");
        inLoop(carrier, () -> {
            assertThat(await(jobs.mono())).isEqualTo("value");
            assertThat(await(jobs.stage())).isEqualTo("value");
            return "";
        });
    }

    @ParameterizedTest
    @EnumSource
    void theTurnIsGivenAwayWhileTheLockProviderBlocks(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        jobs.gate().complete("");
        CountDownLatch locking = new CountDownLatch(1);
        CountDownLatch unlocking = new CountDownLatch(1);
        locks(carrier).before = call -> (call.startsWith("lock awaiting")
                        ? locking
                        : call.startsWith("unlock awaiting") ? unlocking : NONE)
                .await();
        inLoop(carrier, () -> {
            Task<?> run = Async.spawn((Runnable) jobs::awaiting);
            until(() -> locks(carrier).calls.contains("lock awaiting"));
            assertThat(jobs.calls()).isEmpty();
            locking.countDown();
            until(() -> locks(carrier).calls.contains("unlock awaiting"));
            unlocking.countDown();
            return await(run);
        });
        assertThat(locks(carrier).calls).noneMatch(call -> call.endsWith("with the turn"));
    }

    private static final CountDownLatch NONE = new CountDownLatch(0);

    @ParameterizedTest
    @EnumSource
    void theLockIsAroundTheCallOfABlockingMethodToo(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        inLoop(carrier, () -> {
            Task<Boolean> run = Async.spawn(() -> await(jobs.blocking()));
            until(() -> locks(carrier).isHeld("blocking"));
            for (int i = 0; i < 5; i++) {
                Async.sleep(Duration.ofMillis(1));
            }
            assertThat(locks(carrier).isHeld("blocking")).isTrue();
            jobs.gate().complete("");
            assertThat(await(run)).isFalse();
            assertThat(locks(carrier).isHeld("blocking")).isFalse();
            return "";
        });
    }

    @ParameterizedTest
    @EnumSource
    void theLockIsAssertedAndExtendedInTheCoroutineAndNotInItsChildren(Carrier carrier) {
        assertThat(inLoop(carrier, jobs(carrier)::extending)).isEqualTo("The task is not locked.");
        assertThat(locks(carrier).calls)
                .containsSubsequence("lock extending", "extend extending", "unlock extending")
                .noneMatch(call -> call.endsWith("with the turn"));
    }

    @ParameterizedTest
    @EnumSource
    void aListenerHearsEachEventOnce(Carrier carrier) {
        List<String> events = APPLICATIONS.on(carrier).bean(Events.class).events;
        Jobs jobs = jobs(carrier);
        jobs.gate().complete("");
        events.clear();
        inLoop(carrier, () -> {
            jobs.awaiting();
            locks(carrier).take("awaiting");
            assertThatThrownBy(jobs::awaiting).isInstanceOf(PeriodicSkippedException.class);
            return "";
        });
        assertThat(events).containsExactly("attempt", "acquired", "started", "finished", "attempt", "not acquired");
    }

    @ParameterizedTest
    @EnumSource
    void theProviderIsChosenAsShedLockChoosesIt(Carrier carrier) {
        inLoop(carrier, () -> {
            jobs(carrier).elsewhere();
            return "";
        });
        MemoryLocks other = APPLICATIONS.on(carrier).context().getBean("otherLocks", MemoryLocks.class);
        assertThat(other.calls).containsExactly("lock elsewhere", "unlock elsewhere");
        assertThat(locks(carrier).calls).doesNotContain("lock elsewhere");
        other.reset();
    }

    @ParameterizedTest
    @EnumSource
    void outsideOfCoroutinesItIsShedLocksOwn(Carrier carrier) {
        CompletionStage<String> pending = jobs(carrier).stage();
        assertThat(pending.toCompletableFuture()).isNotDone();
        assertThat(locks(carrier).calls).contains("lock stage", "unlock stage");
    }

    // ---- what goes wrong

    @ParameterizedTest
    @EnumSource
    void aFailureStaysWhatItIsAndTheLockIsGivenBack(Carrier carrier) {
        inLoop(carrier, () -> {
            assertThatThrownBy(jobs(carrier)::failing)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("the job's own");
            return "";
        });
        assertThat(locks(carrier).isHeld("failing")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aLockThatCantBeGivenBackIsAFailureBesideThatOfTheRun(Carrier carrier) {
        locks(carrier).before = call -> {
            if (call.startsWith("unlock failing") || call.startsWith("unlock extending")) {
                throw new IllegalStateException("the database is down");
            }
        };
        inLoop(carrier, () -> {
            assertThatThrownBy(jobs(carrier)::failing)
                    .isExactlyInstanceOf(IOException.class)
                    .satisfies(ex -> assertThat(ex.getSuppressed())
                            .anySatisfy(other -> assertThat(other).hasMessage("the database is down")));
            assertThatThrownBy(jobs(carrier)::extending).hasMessage("the database is down");
            return "";
        });
    }

    @ParameterizedTest
    @EnumSource
    void aRunThatIsCancelledGivesTheLockBack(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        inLoop(carrier, () -> {
            Task<?> run = Async.spawn((Runnable) jobs::awaiting);
            until(() -> !jobs.calls().isEmpty());
            run.cancel(true);
            assertThatThrownBy(() -> await(run)).isInstanceOf(CancellationException.class);
            return "";
        });
        assertThat(locks(carrier).calls).contains("unlock awaiting");
        assertThat(locks(carrier).isHeld("awaiting")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aRunThatIsCancelledWhileTheProviderBlocksInterruptsThat(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        locks(carrier).before = call -> {
            if (call.equals("lock awaiting")) {
                new CountDownLatch(1).await();
            }
        };
        inLoop(carrier, () -> {
            Task<?> run = Async.spawn((Runnable) jobs::awaiting);
            until(() -> locks(carrier).calls.contains("lock awaiting"));
            run.cancel(false);
            assertThatThrownBy(() -> await(run)).isInstanceOf(CancellationException.class);
            return "";
        });
        assertThat(jobs.calls()).isEmpty();
        assertThat(locks(carrier).isHeld("awaiting")).isFalse();
    }

    /** The interrupt comes too late to keep the provider from locking. */
    @ParameterizedTest
    @EnumSource
    void aRunThatIsCancelledWhileItGetsTheLockGivesItBack(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        CountDownLatch locking = new CountDownLatch(1);
        locks(carrier).before = call -> {
            if (call.equals("lock awaiting")) {
                awaitInAnyCase(locking);
            }
        };
        inLoop(carrier, () -> {
            Task<?> run = Async.spawn((Runnable) jobs::awaiting);
            until(() -> locks(carrier).calls.contains("lock awaiting"));
            run.cancel(true);
            locking.countDown();
            assertThatThrownBy(() -> await(run)).isInstanceOf(CancellationException.class);
            return "";
        });
        assertThat(locks(carrier).calls).contains("unlock awaiting");
        assertThat(locks(carrier).isHeld("awaiting")).isFalse();
    }

    private static void awaitInAnyCase(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimeLimitAroundARunGivesTheLockBack(Carrier carrier) {
        Jobs jobs = jobs(carrier);
        inLoop(carrier, () -> {
            assertThatThrownBy(() -> Async.withTimeout(Duration.ofMillis(20), () -> {
                        jobs.awaiting();
                        return "";
                    }))
                    .isInstanceOf(AsyncTimeoutException.class);
            return "";
        });
        assertThat(locks(carrier).isHeld("awaiting")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void theScheduleGoesOnAfterRefusalsAndFailuresWhichAreCounted(Carrier carrier) {
        MemoryLocks locks = locks(carrier);
        Ticks ticks = APPLICATIONS.on(carrier).bean(Ticks.class);
        inLoop(carrier, () -> {
            untilMore(ticks::calls);

            until(() -> locks.take("by the schedule")); // between two runs
            untilMore(() -> lock(carrier).refused());
            int before = ticks.calls();
            untilMore(() -> lock(carrier).refused());
            assertThat(ticks.calls()).isEqualTo(before);
            assertThat(callback(carrier).status().last().outcome()).isEqualTo(PeriodicRun.Outcome.SKIPPED);
            locks.release("by the schedule");
            untilMore(ticks::calls);

            locks.before = call -> {
                throw new IllegalStateException("the database is down");
            };
            long failures = failures(carrier);
            untilMore(() -> lock(carrier).failed());
            until(() -> failures(carrier) > failures);
            locks.reset();
            untilMore(ticks::calls);
            return "";
        });
        assertThat(lock(carrier).obtained()).isGreaterThanOrEqualTo(ticks.calls());
    }

    private static PeriodicLock lock(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(PeriodicLocks.class).all().stream()
                .filter(lock -> lock.name().equals("by the schedule"))
                .findFirst()
                .orElseThrow();
    }

    private static long failures(Carrier carrier) {
        return callback(carrier).failures();
    }

    private static PeriodicCallback callback(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(PeriodicCallbacks.class).all().stream()
                .filter(callback -> callback.name().endsWith(".tick"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void anApplicationThatIsClosedGivesItsLocksBack(Carrier carrier) {
        MemoryLocks locks;
        try (TestApplication application = TestApplication.start(
                Application.class, "ioloop.carrier=" + carrier, "spring.lifecycle.timeout-per-shutdown-phase=50ms")) {
            locks = application.bean(MemoryLocks.class);
            Jobs jobs = application.bean(Jobs.class);
            application.bean(IOLoop.class).spawn("a run", (Runnable) jobs::awaiting);
            application.bean(IOLoop.class).runSync(LIMIT, () -> {
                until(() -> !jobs.calls().isEmpty());
                return "";
            });
            assertThat(locks.isHeld("awaiting")).isTrue();
        }
        assertThat(locks.isHeld("awaiting")).isFalse();
    }

    // ---- helpers

    private static <T> T inLoop(Carrier carrier, Callable<T> test) {
        return APPLICATIONS.on(carrier).bean(IOLoop.class).runSync(LIMIT, test);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Async.sleep(Duration.ofMillis(1));
        }
    }

    private static void untilMore(LongSupplier number) {
        long now = number.getAsLong();
        until(() -> number.getAsLong() > now);
    }

    private static MemoryLocks locks(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(MemoryLocks.class);
    }

    private static Jobs jobs(Carrier carrier) {
        return APPLICATIONS.on(carrier).bean(Jobs.class);
    }

    @AfterEach
    void asItWas() {
        APPLICATIONS.started().forEach(application -> {
            application.bean(MemoryLocks.class).reset();
            application.bean(Jobs.class).reset();
        });
    }
}
