package dev.asyncloop.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Runs a bean's method again and again on the application's loop, each time as a coroutine: it may {@code await}, and
 * shares the beans' state with handlers without locks. Tornado's {@code PeriodicCallback}.
 *
 * <p>Exactly one of {@link #every}, {@link #delay} and {@link #cron} is given. Durations are written as for Spring's
 * {@code @Scheduled}: {@code 30s}, {@code 1h30m}, {@code PT1M}, or a number of milliseconds. All attributes may hold
 * <code>${...}</code> placeholders, and all but the name can be overridden by
 * {@code ioloop.periodic.tasks.<name>.<attribute>}.
 *
 * <p>The method takes nothing and is not private. Calls never overlap; a {@code Publisher} or {@code CompletionStage}
 * that is returned is awaited first, any other value is ignored. What it throws is logged, and the schedule goes on. Runs
 * begin after the web server's start and end before its graceful shutdown. Anything that can't work stops the start of
 * the application. May be used as a meta-annotation, and more than once on a method.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
@Repeatable(Periodics.class)
public @interface Periodic {

    /** The period of a fixed grid, from start to start; a call that takes too long skips whole periods. "-" disables. */
    String every() default "";

    /** The time from the end of a call to the start of the next. "-" disables. */
    String delay() default "";

    /**
     * Times of day, as Spring's {@code CronExpression} has them: second, minute, hour, day of month, month, day of week; or
     * {@code @daily} and the like. No time comes twice: one that a clock shows again after daylight saving is called the first
     * time only, unless the hour is {@code *}; one that it leaves out is called when the clock has gone forward. "-" disables.
     */
    String cron() default "";

    /** The time zone of {@link #cron}, such as "Europe/Berlin"; by default the machine's. */
    String zone() default "";

    /**
     * The time to the first call; by default one full period or delay. "0" is at once. Not with {@link #cron}.
     */
    String initialDelay() default "";

    /**
     * The part of the period within which each one is drawn anew, around its middle: "10%" or "0.1" make ten seconds 9.5
     * to 10.5. None by default, 1 at most. Not with {@link #cron}.
     */
    String jitter() default "";

    /** How long a call may take; then it is cancelled, which counts as a failure. By default as long as it likes. */
    String timeout() default "";

    /**
     * The name in logs, threads, properties and endpoints; nobody else's. By default the bean's name, a dot, and the
     * method's; from the second annotation of a method on followed by a dot and its number.
     */
    String name() default "";

    /** Whether it runs at all: "true" or "false". */
    String enabled() default "true";
}
