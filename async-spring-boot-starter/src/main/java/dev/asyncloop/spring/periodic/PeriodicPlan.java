package dev.asyncloop.spring.periodic;

import dev.asyncloop.PeriodicSchedule;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the attributes of one {@link dev.asyncloop.spring.Periodic @Periodic}.
 *
 * @param schedule null if a dash disables it
 * @param cron the times of it, if it has times of day
 * @param enabled whether it runs
 */
record PeriodicPlan(@Nullable PeriodicSchedule schedule, @Nullable CronTimes cron, boolean enabled) {

    /** Returns the schedule in words. */
    String text() {
        return schedule != null ? schedule.toString() : "-";
    }
}
