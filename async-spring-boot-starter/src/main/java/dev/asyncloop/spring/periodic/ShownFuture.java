package dev.asyncloop.spring.periodic;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/** When a periodic task is due next, as a future; and a scheduler that returns nothing but that, and runs nothing. */
final class ShownFuture implements ScheduledFuture<Object>, TaskScheduler {

    private final PeriodicTask task;

    ShownFuture(PeriodicTask task) {
        this.task = task;
    }

    // ---- the future

    @Override
    public long getDelay(TimeUnit unit) {
        Duration until = PeriodicScheduledTasks.untilNext(task);
        return until != null ? unit.convert(until) : 0;
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        task.stop();
        return true;
    }

    @Override
    public boolean isCancelled() {
        return PeriodicScheduledTasks.untilNext(task) == null;
    }

    @Override
    public boolean isDone() {
        return isCancelled();
    }

    @Override
    public Object get() {
        throw new UnsupportedOperationException("'" + task.name() + "' is run by its loop and has no result");
    }

    @Override
    public Object get(long timeout, TimeUnit unit) {
        return get();
    }

    // ---- the scheduler

    @Override
    public ScheduledFuture<?> schedule(Runnable shown, Trigger trigger) {
        return this;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable shown, Instant startTime) {
        return this;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable shown, Instant startTime, Duration period) {
        return this;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable shown, Duration period) {
        return this;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable shown, Instant startTime, Duration delay) {
        return this;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable shown, Duration delay) {
        return this;
    }
}
