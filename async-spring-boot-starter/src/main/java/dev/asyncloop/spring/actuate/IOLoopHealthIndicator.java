package dev.asyncloop.spring.actuate;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopStatistics;
import dev.asyncloop.SlowCallback;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the loop: down while somebody holds the turn, the carrier or the event loop for too long, with who that is and
 * what it does; out of service while the loop is closing. Does not wait for the loop. Any thread.
 */
public final class IOLoopHealthIndicator extends AbstractHealthIndicator {

    private final IOLoop loop;

    private final Duration downAfter;

    /**
     * Makes an indicator.
     * @param downAfter for how long the loop may be held
     */
    public IOLoopHealthIndicator(IOLoop loop, Duration downAfter) {
        super("The health of the loop can't be told");
        this.loop = loop;
        this.downAfter = downAfter;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        LoopStatistics statistics = loop.statistics();
        health.withDetail("loop", loop.name())
                .withDetail("carrier", loop.carrier())
                .withDetail("transport", loop.transport())
                .withDetail("coroutines", statistics.live())
                .withDetail("slowCallbacks", statistics.slowCallbacks());
        if (statistics.heldFor().compareTo(downAfter) >= 0) {
            health.down().withDetail("heldFor", statistics.heldFor());
            SlowCallback held = loop.slowCallback();
            if (held != null) {
                health.withDetail("held", held.held())
                        .withDetail("heldBy", held.name())
                        .withDetail("heldFor", held.heldFor())
                        .withDetail("waiting", held.waiting())
                        .withDetail("what", held.what())
                        .withDetail("wayOut", held.wayOut());
            }
        } else if (loop.isClosing()) {
            health.outOfService();
        } else {
            health.up();
        }
    }
}
