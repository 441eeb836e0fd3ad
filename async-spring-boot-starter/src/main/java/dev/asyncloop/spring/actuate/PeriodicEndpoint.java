package dev.asyncloop.spring.actuate;

import dev.asyncloop.PeriodicRun;
import dev.asyncloop.PeriodicStatus;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Endpoint for the {@link dev.asyncloop.spring.Periodic @Periodic} tasks: how they stand; and to trigger, pause and resume them.
 * Does not wait for the loop. Any thread.
 */
@Endpoint(id = "periodic")
@ImportRuntimeHints(PeriodicEndpoint.PeriodicEndpointRuntimeHints.class)
public final class PeriodicEndpoint {

    private final PeriodicCallbacks callbacks;

    /** Makes an endpoint. */
    public PeriodicEndpoint(PeriodicCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    /** Returns all tasks, those that are disabled included. */
    @ReadOperation
    public TasksDescriptor tasks() {
        return new TasksDescriptor(
                callbacks.tasks().stream().map(TaskDescriptor::of).toList());
    }

    /** Returns one task; null if there is none of this name. */
    @ReadOperation
    public @Nullable TaskDescriptor task(@Selector String name) {
        PeriodicTask task = callbacks.task(name);
        return task != null ? TaskDescriptor.of(task) : null;
    }

    /**
     * Steers a task, and returns it afterwards.
     * @param action {@code trigger}, {@code pause} or {@code resume}
     * @throws InvalidEndpointRequestException if there is no such task or action, or it is not possible now
     */
    @WriteOperation
    public TaskDescriptor steer(@Selector String name, @Nullable String action) {
        PeriodicSteering steering = PeriodicSteering.of(callbacks, name, action);
        if (steering.problem() != null) {
            throw new InvalidEndpointRequestException(steering.problem(), steering.problem());
        }
        return TaskDescriptor.of(steering.task());
    }

    /**
     * All tasks.
     *
     * @param tasks in the order in which they were found
     */
    public record TasksDescriptor(List<TaskDescriptor> tasks) implements OperationResponseBody {}

    /**
     * One task. What is not known, or has not happened yet, is left out.
     *
     * @param name its name
     * @param target class and method
     * @param schedule in words; a dash if it has none
     * @param state {@code SCHEDULED}, {@code RUNNING}, {@code PAUSED}, {@code STOPPED} or {@code DISABLED}
     * @param paused whether times of the schedule pass without a call; also while one runs
     * @param next when the next call is due
     * @param runningSince when the call that runs has begun
     * @param runs how many calls have begun
     * @param failures how many have failed or timed out
     * @param skipped how many times of the schedule passed without a call
     * @param last the call that has ended last
     * @param lastError the call that has failed or timed out last
     * @param history the last ten calls that have ended, the latest first
     */
    public record TaskDescriptor(
            String name,
            String target,
            String schedule,
            String state,
            boolean paused,
            @Nullable Instant next,
            @Nullable Instant runningSince,
            long runs,
            long failures,
            long skipped,
            @Nullable RunDescriptor last,
            @Nullable RunDescriptor lastError,
            List<RunDescriptor> history)
            implements OperationResponseBody {

        static TaskDescriptor of(PeriodicTask task) {
            PeriodicStatus status = task.status();
            return new TaskDescriptor(
                    task.name(),
                    task.target(),
                    task.schedule(),
                    task.isEnabled() ? status.state().name() : "DISABLED",
                    status.paused(),
                    toMillis(status.next()),
                    toMillis(status.runningSince()),
                    status.runs(),
                    status.failures(),
                    status.skipped(),
                    RunDescriptor.of(status.last()),
                    RunDescriptor.of(status.lastFailure()),
                    status.history().stream().map(RunDescriptor::new).toList());
        }
    }

    /**
     * One call that has ended.
     *
     * @param start when it began
     * @param duration how long it took
     * @param outcome {@code RETURNED}, {@code FAILED}, {@code TIMED_OUT}, {@code CANCELLED} or {@code SKIPPED}
     * @param error what it has failed with
     * @param triggered whether it was started by hand, out of schedule
     */
    public record RunDescriptor(
            Instant start, Duration duration, PeriodicRun.Outcome outcome, @Nullable String error, boolean triggered) {

        RunDescriptor(PeriodicRun run) {
            this(
                    run.start().truncatedTo(ChronoUnit.MILLIS),
                    run.duration().truncatedTo(ChronoUnit.MICROS),
                    run.outcome(),
                    run.error(),
                    run.triggered());
        }

        static @Nullable RunDescriptor of(@Nullable PeriodicRun run) {
            return run != null ? new RunDescriptor(run) : null;
        }
    }

    private static @Nullable Instant toMillis(@Nullable Instant instant) {
        return instant != null ? instant.truncatedTo(ChronoUnit.MILLIS) : null;
    }

    /** What a native image has to know to write the answers. */
    static final class PeriodicEndpointRuntimeHints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            new BindingReflectionHintsRegistrar()
                    .registerReflectionHints(
                            hints.reflection(),
                            TasksDescriptor.class,
                            TaskDescriptor.class,
                            RunDescriptor.class,
                            PeriodicEndpointWebExtension.ProblemDescriptor.class);
        }
    }
}
