package dev.asyncloop.spring.periodic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicRun;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Tasks whose application stops, or whose bean goes or does not even come. */
class StoppedTasksTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class));

    static class Counting {

        final AtomicInteger calls = new AtomicInteger();

        @Periodic(name = "count", every = "1h")
        void count() {
            calls.incrementAndGet();
        }
    }

    private void triggeredAndThen(String carrier, BiConsumer<PeriodicCallbacks, Counting> what) {
        runner.withBean(Counting.class)
                .withPropertyValues("ioloop.carrier=" + carrier)
                .run(context -> {
                    IOLoop loop = context.getBean(IOLoop.class);
                    PeriodicCallbacks callbacks = context.getBean(PeriodicCallbacks.class);
                    Counting counting = context.getBean(Counting.class);
                    PeriodicTask task = callbacks.tasks().getFirst();
                    loop.runSync(
                            () -> { // by who has the turn, so the call has not begun
                                assertThat(task.trigger()).isTrue();
                                what.accept(callbacks, counting);
                                return null;
                            });
                    loop.runSync(() -> null);
                    assertThat(counting.calls).hasValue(0);
                    assertThat(task.status().last())
                            .extracting(PeriodicRun::outcome)
                            .isEqualTo(PeriodicRun.Outcome.SKIPPED);
                });
    }

    /** The stop does not wait for it, as it does not run. */
    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void aCallThatWasTriggeredButHasNotBegunWhenTheApplicationStopsIsLeftOut(String carrier) {
        triggeredAndThen(carrier, (callbacks, counting) -> callbacks.stop());
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-loop", "jdk"})
    void andSoIsOneOfABeanThatIsDestroyedMeanwhile(String carrier) {
        triggeredAndThen(carrier, PeriodicCallbacks::remove);
    }

    static class TwoOfOneName {

        final AtomicInteger calls = new AtomicInteger();

        @Periodic(name = "same", every = "1h")
        void one() {}

        @Periodic(name = "same", every = "1h")
        void other() {}
    }

    @Test
    void aBeanThatCannotBeMadeLeavesNoTaskBehind() {
        runner.withBean(TwoOfOneName.class, TwoOfOneName::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    for (int i = 0; i < 2; i++) {
                        assertThatExceptionOfType(BeanCreationException.class)
                                .isThrownBy(() -> context.getBean(TwoOfOneName.class))
                                .withRootCauseInstanceOf(PeriodicMisuseException.class);
                        assertThat(context.getBean(PeriodicCallbacks.class).tasks())
                                .isEmpty();
                    }
                });
    }

    /** Another thread would have to wait for the lock on beans, which who makes a bean has, and waits for that thread. */
    @Test
    void whoMakesABeanLateAsksForOtherBeansItself() {
        List<Thread> asked = new CopyOnWriteArrayList<>();
        ObjectProvider<ObservationRegistry> registry = new ObjectProvider<>() {

            @Override
            public ObservationRegistry getObject() {
                asked.add(Thread.currentThread());
                return ObservationRegistry.create();
            }
        };
        runner.withBean(PeriodicObservations.class, () -> new PeriodicObservations(registry))
                .withBean(Counting.class, Counting::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    context.getBean(Counting.class);
                    assertThat(asked).containsOnly(Thread.currentThread());
                });
    }

    /** As in an executable jar, where the system's class loader finds nothing of the application. */
    @Test
    void whatIsMadeLateStartsWithTheClassLoaderOfTheApplication() {
        List<ClassLoader> seen = new CopyOnWriteArrayList<>();
        late(() -> seen.add(Thread.currentThread().getContextClassLoader())).run(context -> {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            ClassLoader own = new ClassLoader(before) {};
            Thread.currentThread().setContextClassLoader(own);
            try {
                context.getBean(Counting.class);
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
            assertThat(seen).isNotEmpty().containsOnly(own);
        });
    }

    @Test
    void aTaskThatCannotStartIsNoSecretOfAnotherThread() {
        IllegalStateException broken = new IllegalStateException("broken");
        late(() -> {
                    throw broken;
                })
                .run(context -> {
                    assertThatExceptionOfType(BeanCreationException.class)
                            .isThrownBy(() -> context.getBean(Counting.class))
                            .withMessageContaining("The periodic task 'count' could not be started")
                            .havingRootCause()
                            .isSameAs(broken);
                    assertThat(context.getBean(PeriodicCallbacks.class).tasks()).isEmpty();
                });
    }

    /** A lazy bean, whose start is seen. */
    private ApplicationContextRunner late(Runnable atStart) {
        ObservationRegistry registry = mock(ObservationRegistry.class);
        when(registry.isNoop()).thenAnswer(call -> {
            atStart.run();
            return true;
        });
        return runner.withBean(ObservationRegistry.class, () -> registry)
                .withBean(Counting.class, Counting::new, definition -> definition.setLazyInit(true));
    }
}
