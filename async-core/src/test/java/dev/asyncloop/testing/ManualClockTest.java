package dev.asyncloop.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

class ManualClockTest {

    @OnBothCarriers
    void keepsNoLoopThatHasEnded(Carrier carrier) {
        ManualClock clock = new ManualClock();
        WeakReference<IOLoop> ended = ended(carrier, clock);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (ended.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        assertThat(ended.get()).isNull();
        clock.advance(Duration.ofDays(1));
        Reference.reachabilityFence(clock);
    }

    private static WeakReference<IOLoop> ended(Carrier carrier, ManualClock clock) {
        IOLoop loop = Loops.on(carrier, clock);
        loop.runSync(() -> 1);
        loop.close();
        return new WeakReference<>(loop);
    }
}
