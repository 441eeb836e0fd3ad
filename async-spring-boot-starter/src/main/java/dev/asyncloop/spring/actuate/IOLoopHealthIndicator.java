package dev.asyncloop.spring.actuate;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopStatistics;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the loop: down while somebody holds the turn, the carrier or the event loop for too long, with who that is and
 * what it does, or while it has something to do or a timer is due and nobody has had a turn for as long, whoever keeps it; out
 * of service while the loop is closing. Does not wait for the loop. Any thread.
 */
public final class IOLoopHealthIndicator extends AbstractHealthIndicator {

    private final IOLoop loop;

    private final Duration downAfter;

    private final OverduePeriodics periodics;

    /**
     * Makes an indicator.
     * @param downAfter for how long the loop may be held, or have no turn
     * @param periodics a detail where some are late, and no reason to be down
     */
    public IOLoopHealthIndicator(IOLoop loop, Duration downAfter, OverduePeriodics periodics) {
        super("The health of the loop can't be told");
        this.loop = loop;
        this.downAfter = downAfter;
        this.periodics = periodics;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        LoopStatistics statistics = loop.statistics();
        LoopCondition condition = LoopCondition.of(loop);
        health.withDetail("loop", loop.name())
                .withDetail("carrier", loop.carrier())
                .withDetail("transport", loop.transport())
                .withDetail("state", condition.state())
                .withDetail("lag", statistics.lag())
                .withDetail("coroutines", statistics.live())
                .withDetail("slowCallbacks", statistics.slowCallbacks());
        List<OverduePeriodic> overdue = periodics.now();
        if (!overdue.isEmpty()) {
            health.withDetail("overduePeriodics", overdue);
        }
        if (isTooLong(statistics.heldFor()) || isTooLong(statistics.stalledFor())) {
            down(health, statistics, HeldBy.of(condition.blocked()));
        } else if (loop.isClosing()) {
            health.outOfService();
        } else {
            health.up();
        }
    }

    private boolean isTooLong(Duration duration) {
        return duration.compareTo(downAfter) >= 0;
    }

    private static void down(Health.Builder health, LoopStatistics statistics, @Nullable HeldBy held) {
        health.down().withDetail("heldFor", statistics.heldFor()).withDetail("stalledFor", statistics.stalledFor());
        if (held != null) {
            health.withDetail("held", held.held())
                    .withDetail("heldBy", held.by())
                    .withDetail("heldFor", held.heldFor())
                    .withDetail("waiting", held.waiting())
                    .withDetail("what", held.what())
                    .withDetail("wayOut", held.wayOut());
        } else {
            health.withDetail("waiting", statistics.waiting())
                    .withDetail("what", "has something to do and no turn, and nothing is seen that keeps it")
                    .withDetail("wayOut", "If that lasts, take a thread dump, and restart the application");
        }
    }
}
