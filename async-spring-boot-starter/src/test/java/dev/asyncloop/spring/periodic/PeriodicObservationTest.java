package dev.asyncloop.spring.periodic;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicSkippedException;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.PeriodicAutoConfiguration;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.support.ScheduledTaskObservationContext;
import reactor.core.publisher.Mono;

/** The observations of calls: those of Spring's own scheduled tasks. */
class PeriodicObservationTest {

    private final ObservationRegistry registry = ObservationRegistry.create();

    private final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(IOLoopAutoConfiguration.class, PeriodicAutoConfiguration.class));

    PeriodicObservationTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<>() {

            @Override
            public void onStop(Observation.Context context) {
                ended.add(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    static class Tasks {

        private final ObservationRegistry registry;

        final List<Observation> seen = new CopyOnWriteArrayList<>();

        Tasks(ObservationRegistry registry) {
            this.registry = registry;
        }

        private void look() {
            Observation current = registry.getCurrentObservation();
            if (current != null) {
                seen.add(current);
            }
        }

        @Periodic(every = "1h")
        void fine() {
            look();
            sleep(Duration.ofMillis(1));
            look();
            await(Async.spawn(this::look));
            await(Mono.deferContextual(context -> {
                seen.add(context.get(ObservationThreadLocalAccessor.KEY));
                return Mono.empty();
            }));
        }

        @Periodic(every = "1h")
        void fails() throws Exception {
            throw new Exception("no answer");
        }

        @Periodic(every = "1h", timeout = "1ms")
        void late() {
            sleep(Duration.ofHours(1));
        }

        @Periodic(every = "1h")
        void cancelled() {
            Thread.currentThread().interrupt();
            sleep(Duration.ofHours(1));
        }

        @Periodic(every = "1h")
        void skipped() {
            throw new PeriodicSkippedException("nothing to do");
        }
    }

    private Observation.Context once(PeriodicCallbacks callbacks, String task) {
        ended.clear();
        callbacks.task("tasks." + task).trigger();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (ended.isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(ended).hasSize(1);
        return ended.getFirst();
    }

    private static void assertKeys(Observation.Context context, String function, String exception, String outcome) {
        TreeMap<String, String> keys = new TreeMap<>();
        context.getLowCardinalityKeyValues().forEach(key -> keys.put(key.getKey(), key.getValue()));
        assertThat(context).isInstanceOf(ScheduledTaskObservationContext.class);
        assertThat(context.getName()).isEqualTo("tasks.scheduled.execution");
        assertThat(context.getContextualName()).isEqualTo("task tasks." + function);
        assertThat(context.getParentObservation()).isNull();
        assertThat(keys)
                .containsEntry("code.function", function)
                .containsEntry("code.namespace", Tasks.class.getCanonicalName())
                .containsEntry("exception", exception)
                .containsEntry("outcome", outcome)
                .hasSize(4);
    }

    @Test
    void eachCallIsObservedAsOfASpringTask() {
        AtomicReference<IOLoop> loop = new AtomicReference<>();
        runner.withBean(ObservationRegistry.class, () -> registry)
                .withBean("tasks", Tasks.class, () -> new Tasks(registry))
                .run(context -> {
                    PeriodicCallbacks callbacks = context.getBean(PeriodicCallbacks.class);
                    loop.set(context.getBean(IOLoop.class));
                    Observation.Context fine = once(callbacks, "fine");
                    assertKeys(fine, "fine", "none", "SUCCESS");
                    assertThat(context.getBean(Tasks.class).seen)
                            .as("in the call, after a wait, in a child and in a Mono")
                            .hasSize(4)
                            .allMatch(observation -> observation.getContext() == fine);
                    assertKeys(once(callbacks, "fails"), "fails", "Exception", "ERROR");
                    assertKeys(once(callbacks, "late"), "late", "AsyncTimeoutException", "ERROR");
                    assertKeys(once(callbacks, "cancelled"), "cancelled", "none", "UNKNOWN");
                    assertKeys(once(callbacks, "skipped"), "skipped", "none", "UNKNOWN");
                    assertThat(loop.get().runSync(() -> registry.getCurrentObservation() == null))
                            .as("nothing is left on the thread")
                            .isTrue();
                });
    }

    @Test
    void withoutARegistryNothingIsObserved() {
        runner.withBean("tasks", Tasks.class, () -> new Tasks(registry)).run(context -> {
            PeriodicCallbacks callbacks = context.getBean(PeriodicCallbacks.class);
            callbacks.task("tasks.fine").trigger();
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (callbacks.task("tasks.fine").status().last() == null && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(callbacks.task("tasks.fine").status().last()).isNotNull();
            assertThat(ended).isEmpty();
            assertThat(context.getBean(Tasks.class).seen).isEmpty();
        });
    }
}
