package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.internal.carrier.JdkInternals.Factories;
import dev.asyncloop.internal.carrier.JdkInternals.Found;
import dev.asyncloop.internal.carrier.JdkInternals.LookUp;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever another JDK may do with a scheduler of ours: it is noticed and named, within a limit. */
class SchedulerProbeTest {

    /** For what works: the machine may be busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofMillis(200);

    private final Factories real = JdkInternals::onScheduler;

    /** It need not have ended yet: the machine may be busy. */
    @AfterEach
    void noThreadIsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("ioloop-probe")) {
                assertThat(thread.join(PATIENCE)).isTrue();
            }
        }
    }

    private static String failureOf(LookUp lookUp, Duration limit) {
        Found found = JdkInternals.find(lookUp, limit);
        assertThat(found.factories()).isNull();
        return String.valueOf(found.failure());
    }

    /** Real threads on a scheduler that does with their continuations what a test wants. */
    private Factories on(Broken scheduler) {
        return probe -> real.apply(continuation -> scheduler.schedule(continuation, probe));
    }

    private interface Broken {
        void schedule(Runnable continuation, Executor probe);
    }

    @Test
    void thisJdkPasses() {
        Found found = JdkInternals.find(() -> real, PATIENCE);
        assertThat(found.failure()).isNull();
        assertThat(found.factories()).isSameAs(real);
        assertThat(JdkInternals.available()).isTrue();
    }

    @Test
    void aBuilderThatIsNotThereIsNamed() {
        assertThat(failureOf(() -> JdkInternals.lookUp("java.lang.ThreadBuilders$NoSuchBuilder"), LIMIT))
                .contains("ClassNotFoundException")
                .contains("NoSuchBuilder");
    }

    @Test
    void aConstructorThatIsNotThereIsNamed() {
        assertThat(failureOf(() -> JdkInternals.lookUp("java.lang.ThreadBuilders$PlatformThreadBuilder"), LIMIT))
                .contains("NoSuchMethodException")
                .contains("Executor");
    }

    @Test
    void aFactoryThatThrowsIsNamed() {
        assertThat(failureOf(
                        () -> probe -> body -> {
                            throw new UnsupportedOperationException("no schedulers any more");
                        },
                        PATIENCE))
                .contains("did not start")
                .contains("no schedulers any more");
    }

    @Test
    void aSchedulerThatNeverRunsIsNamed() {
        assertThat(failureOf(() -> on((continuation, probe) -> {}), LIMIT))
                .contains("did not start")
                .contains("PT0.2S");
    }

    @Test
    void aThreadThatRunsElsewhereIsNamed() {
        assertThat(failureOf(() -> probe -> Thread.ofVirtual().factory(), PATIENCE))
                .contains("ran elsewhere");
    }

    @Test
    void aThreadThatGoesOnElsewhereIsNamed() {
        AtomicInteger submissions = new AtomicInteger();
        assertThat(failureOf(
                        () -> on((continuation, probe) -> {
                            if (submissions.getAndIncrement() == 0) {
                                probe.execute(continuation);
                            } else {
                                Thread.ofPlatform().start(continuation);
                            }
                        }),
                        PATIENCE))
                .contains("ran elsewhere");
    }

    @Test
    void aWakeUpThatIsLostIsNamed() {
        AtomicInteger submissions = new AtomicInteger();
        assertThat(failureOf(
                        () -> on((continuation, probe) -> {
                            if (submissions.getAndIncrement() == 0) {
                                probe.execute(continuation);
                            }
                        }),
                        Duration.ofSeconds(1)))
                .contains("did not wake up");
    }

    @Test
    void aThreadThatDoesNotSwitchIsNamed() {
        assertThat(failureOf(
                        () -> probe -> body -> Thread.ofPlatform().daemon().unstarted(() -> probe.execute(body)),
                        Duration.ofSeconds(1)))
                .contains("did not switch");
    }

    @Test
    void aSchedulerThatIsTooSlowIsNamed() throws InterruptedException {
        @Nullable Thread[] slow = new @Nullable Thread[1];
        Found found = JdkInternals.find(
                () -> on((continuation, probe) -> slow[0] = Thread.ofPlatform().start(() -> {
                    long start = System.nanoTime();
                    while (System.nanoTime() - start < 2 * LIMIT.toNanos()) {
                        Thread.onSpinWait();
                    }
                    probe.execute(continuation);
                })),
                LIMIT);
        assertThat(found.failure()).hasMessageContaining("did not start within PT0.2S");
        slow[0].join();
    }

    @Test
    void anInterruptDoesNotDecideIt() {
        Thread.currentThread().interrupt();
        Found found = JdkInternals.find(() -> real, PATIENCE);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(found.failure()).isNull();
    }
}
