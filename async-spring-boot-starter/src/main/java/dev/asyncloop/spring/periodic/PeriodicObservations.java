package dev.asyncloop.spring.periodic;

import dev.asyncloop.PeriodicObserver;
import dev.asyncloop.PeriodicRun;
import dev.asyncloop.PeriodicRun.Outcome;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.support.DefaultScheduledTaskObservationConvention;
import org.springframework.scheduling.support.ScheduledTaskObservationContext;
import org.springframework.scheduling.support.ScheduledTaskObservationConvention;
import org.springframework.scheduling.support.ScheduledTaskObservationDocumentation;

/**
 * Makes an observation of each call of a {@link dev.asyncloop.spring.Periodic @Periodic} method: the
 * {@code tasks.scheduled.execution} of Spring's own {@code @Scheduled}. It is in scope in the call's coroutine, and so in what
 * that starts and logs. The outcome of one that was cancelled or skipped is {@code UNKNOWN}.
 */
public final class PeriodicObservations {

    private final ObjectProvider<ObservationRegistry> registry;

    /** Makes it; without a registry nothing is observed. */
    public PeriodicObservations(ObjectProvider<ObservationRegistry> registry) {
        this.registry = registry;
    }

    /** Returns what observes the calls of methods. Asks for the registry, which may have to be made. */
    PeriodicCallbacks.Observers observers() {
        ObservationRegistry found = registry.getIfAvailable(() -> ObservationRegistry.NOOP);
        return (bean, method) -> found.isNoop() ? PeriodicObserver.NONE : () -> Observed.begin(found, bean, method);
    }

    private record Observed(Observation observation, Observation.Scope scope, ScheduledTaskObservationContext context)
            implements PeriodicObserver.Running {

        private static final ScheduledTaskObservationConvention CONVENTION =
                new DefaultScheduledTaskObservationConvention();

        static Observed begin(ObservationRegistry registry, Object bean, Method method) {
            ScheduledTaskObservationContext context = new ScheduledTaskObservationContext(bean, method);
            Observation observation = ScheduledTaskObservationDocumentation.TASKS_SCHEDULED_EXECUTION
                    .observation(null, CONVENTION, () -> context, registry)
                    .start();
            return new Observed(observation, observation.openScope(), context);
        }

        @Override
        public void ended(PeriodicRun run, @Nullable Throwable failure) {
            if (failure != null && run.outcome().isFailure()) {
                observation.error(failure);
            }
            context.setComplete(run.outcome() == Outcome.RETURNED);
            scope.close();
            observation.stop();
        }
    }
}
