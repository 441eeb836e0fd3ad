package dev.asyncloop.internal.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.CapturedLog;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    /** Held for ever, and can't be told of: an appender that throws. */
    private static final class Failing implements Watched {

        private final CountDownLatch asked = new CountDownLatch(3);

        @Override
        public long stretch() {
            return 1;
        }

        @Override
        public boolean tooLong(long heldNanos) {
            asked.countDown();
            throw new IllegalStateException("can't be told");
        }

        @Override
        public void stillHeld(long heldNanos) {}

        @Override
        public void over(long heldNanos) {}
    }

    /** Held for ever. */
    private static final class Lasting implements Watched {

        private final CountDownLatch told = new CountDownLatch(1);

        private final CountDownLatch toldAgain = new CountDownLatch(1);

        @Override
        public long stretch() {
            return 1;
        }

        @Override
        public boolean tooLong(long heldNanos) {
            told.countDown();
            return true;
        }

        @Override
        public void stillHeld(long heldNanos) {
            toldAgain.countDown();
        }

        @Override
        public void over(long heldNanos) {}
    }

    @Test
    void whatIsToldOfLateAsTheApplicationStartsIsToldAgainToo() throws Exception {
        Lasting lasting = new Lasting();
        Watchdog<Lasting> watchdog = new Watchdog<>("test", List.of(lasting), 1_000_000, Long.MAX_VALUE);
        watchdog.start();
        assertThat(lasting.told.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(lasting.toldAgain.await(20, TimeUnit.SECONDS)).isTrue();
        watchdog.stop();
    }

    @Test
    void itGoesOnLookingWhenWhatItTellsFails() throws Exception {
        Failing failing = new Failing();
        try (CapturedLog log = CapturedLog.withWatchdog()) {
            Watchdog<Failing> watchdog = new Watchdog<>("test", List.of(failing), 1_000_000, 0);
            watchdog.start();
            assertThat(failing.asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(watchdog.held()).hasSize(1);
            watchdog.stop();
            assertThat(log.messages()).containsExactly("Exception in test-watchdog, which goes on looking");
        }
    }
}
