package dev.asyncloop.spring.periodic;

import dev.asyncloop.PeriodicSchedule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.StringUtils;

/**
 * The times of a cron expression in a time zone. Where its clock is set for daylight saving, no time of day comes twice or is
 * lost; but every hour is every hour, also the one that the clock shows again.
 */
final class CronTimes implements PeriodicSchedule.NextTime {

    private static final int HOUR = 2;

    private final CronExpression expression;

    private final ZoneId zone;

    private final boolean everyHour;

    /**
     * Makes one.
     * @throws IllegalArgumentException if it is no cron expression
     */
    CronTimes(String expression, ZoneId zone) {
        this.expression = CronExpression.parse(expression);
        this.zone = zone;
        String[] fields = StringUtils.tokenizeToStringArray(this.expression.toString(), " ");
        this.everyHour = fields[HOUR].equals("*");
    }

    String expression() {
        return expression.toString();
    }

    ZoneId zone() {
        return zone;
    }

    @Override
    public @Nullable Instant after(Instant time) {
        if (everyHour) {
            ZonedDateTime next = expression.next(time.atZone(zone));
            return next != null ? next.toInstant() : null;
        }
        LocalDateTime local = LocalDateTime.ofInstant(time, zone);
        while ((local = expression.next(local)) != null) {
            Instant next = instant(local);
            if (next.isAfter(time)) {
                return next;
            }
        }
        return null;
    }

    /** Of a time that there is twice, the first; of one that there is not, the moment in which the clock was set. */
    private Instant instant(LocalDateTime local) {
        ZoneOffsetTransition transition = zone.getRules().getTransition(local);
        return transition != null && transition.isGap()
                ? transition.getInstant()
                : ZonedDateTime.of(local, zone).toInstant();
    }
}
