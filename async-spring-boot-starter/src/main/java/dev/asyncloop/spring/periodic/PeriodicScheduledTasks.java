package dev.asyncloop.spring.periodic;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicRun;
import dev.asyncloop.PeriodicRun.Outcome;
import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.PeriodicStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.scheduling.config.TaskExecutionOutcome;
import org.springframework.scheduling.config.TaskExecutionOutcome.Status;
import org.springframework.scheduling.support.CronTrigger;

/**
 * Shows the enabled {@link dev.asyncloop.spring.Periodic @Periodic} tasks among Spring's own scheduled tasks, for
 * {@code /actuator/scheduledtasks} for example. Schedules nothing: who runs one of the runnables triggers the task, and who
 * cancels a task stops it.
 */
public final class PeriodicScheduledTasks implements ScheduledTaskHolder {

    private final PeriodicCallbacks callbacks;

    /** Makes a view of them. */
    public PeriodicScheduledTasks(PeriodicCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public Set<ScheduledTask> getScheduledTasks() {
        Set<ScheduledTask> all = new LinkedHashSet<>();
        for (PeriodicTask task : callbacks.tasks()) {
            if (task.isEnabled()) {
                all.add(shown(task));
            }
        }
        return all;
    }

    private static ScheduledTask shown(PeriodicTask task) {
        ScheduledTaskRegistrar registrar = new ScheduledTaskRegistrar();
        registrar.setTaskScheduler(new ShownFuture(task));
        CronTimes cron = task.plan().cron();
        PeriodicSchedule schedule = Objects.requireNonNull(task.plan().schedule());
        ScheduledTask shown = cron != null
                ? registrar.scheduleCronTask(new Cron(task, cron))
                : schedule.isGrid()
                        ? registrar.scheduleFixedRateTask(new FixedRate(task, schedule))
                        : registrar.scheduleFixedDelayTask(new FixedDelay(task, schedule));
        return Objects.requireNonNull(shown, "a registrar returns what is new to it");
    }

    private static Duration period(PeriodicSchedule schedule) {
        return Objects.requireNonNull(schedule.period());
    }

    private static Duration initialDelay(PeriodicSchedule schedule) {
        return Objects.requireNonNullElse(schedule.initialDelay(), period(schedule));
    }

    private static TaskExecutionOutcome outcome(PeriodicTask task) {
        PeriodicStatus status = task.status();
        PeriodicRun last = status.last();
        if (status.runningSince() != null) {
            return new TaskExecutionOutcome(status.runningSince(), Status.STARTED, null);
        }
        if (last == null) {
            return new TaskExecutionOutcome(null, Status.NONE, null);
        }
        if (last.outcome() == Outcome.CANCELLED) {
            return new TaskExecutionOutcome(last.start(), Status.ERROR, new CancellationException(last.error()));
        }
        PeriodicCallback callback = task.callback();
        return last.outcome().isFailure() && callback != null
                ? new TaskExecutionOutcome(last.start(), Status.ERROR, callback.lastThrown())
                : new TaskExecutionOutcome(last.start(), Status.SUCCESS, null);
    }

    /** Returns the time until the next call, if there is one. */
    static @Nullable Duration untilNext(PeriodicTask task) {
        IOLoop loop = task.loop();
        Instant next = task.status().next();
        return loop != null && next != null ? Duration.between(loop.clock().instant(), next) : null;
    }

    private record Trigger(PeriodicTask task) implements Runnable {

        @Override
        public void run() {
            task.trigger();
        }

        @Override
        public String toString() {
            return task.target();
        }
    }

    private static final class FixedRate extends FixedRateTask {

        private final PeriodicTask task;

        FixedRate(PeriodicTask task, PeriodicSchedule schedule) {
            super(new Trigger(task), period(schedule), initialDelay(schedule));
            this.task = task;
        }

        @Override
        public TaskExecutionOutcome getLastExecutionOutcome() {
            return outcome(task);
        }
    }

    private static final class FixedDelay extends FixedDelayTask {

        private final PeriodicTask task;

        FixedDelay(PeriodicTask task, PeriodicSchedule schedule) {
            super(new Trigger(task), period(schedule), initialDelay(schedule));
            this.task = task;
        }

        @Override
        public TaskExecutionOutcome getLastExecutionOutcome() {
            return outcome(task);
        }
    }

    private static final class Cron extends CronTask {

        private final PeriodicTask task;

        Cron(PeriodicTask task, CronTimes cron) {
            super(new Trigger(task), new CronTrigger(cron.expression(), cron.zone()));
            this.task = task;
        }

        @Override
        public TaskExecutionOutcome getLastExecutionOutcome() {
            return outcome(task);
        }
    }
}
