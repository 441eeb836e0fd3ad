package dev.asyncloop.spring.actuate;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.DrivenLoop;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.LoopClock;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicSchedule;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** The health of a loop that does not turn though nobody is seen who holds it, and of one whose periodics are late. */
class LateLoopTest {

    private static final Duration LIMIT = Duration.ofMillis(20);

    private static OverduePeriodics none() {
        return new OverduePeriodics(List::of, LoopClock.system(), Duration.ofMinutes(1));
    }

    private static Health health(IOLoop loop, OverduePeriodics periodics) {
        Health health = new IOLoopHealthIndicator(loop, LIMIT, periodics).health(true);
        assertThat(health).isNotNull();
        return health;
    }

    private static void until(BooleanSupplier isSo) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime()).as("20 s are over").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static IOLoopOptions options(Carrier carrier) {
        return IOLoopOptions.defaults()
                .withName("late")
                .withCarrier(carrier)
                .withSlowCallback(LIMIT)
                .withGracePeriod(Duration.ofSeconds(1));
    }

    /** A clock that leaps, which the loop can't know: it sleeps until the timer is due by the clock that it saw. */
    private static final class LeapingClock implements LoopClock {

        private final AtomicLong leap = new AtomicLong();

        private final AtomicReference<DrivenLoop> loop = new AtomicReference<>();

        @Override
        public IOLoop attach(DrivenLoop attached) {
            loop.set(attached);
            return attached;
        }

        @Override
        public long nanoTime() {
            return System.nanoTime() + leap.get();
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aLoopWithADueTimerThatDoesNotTurnIsDownThoughNobodyHoldsIt(Carrier carrier) throws Exception {
        LeapingClock clock = new LeapingClock();
        try (IOLoop loop = IOLoop.create(options(carrier).withClock(clock))) {
            Task<?> sleeper;
            do { // it may look at the clock once more before it sleeps
                Task<?> next = loop.spawn("sleeper", () -> sleep(Duration.ofHours(1)));
                sleeper = next;
                until(() -> health(loop, none()).getStatus().equals(Status.UP)
                        && loop.statistics().timers() == 1);
                clock.leap.addAndGet(Duration.ofHours(2).toNanos());
                until(() -> next.isDone()
                        || health(loop, none()).getStatus().equals(Status.DOWN)
                                && loop.statistics().heldFor().isZero());
            } while (sleeper.isDone());
            assertThat(health(loop, none()).getDetails())
                    .containsEntry("what", "has something to do and no turn, and nothing is seen that keeps it")
                    .hasEntrySatisfying("lag", lag -> assertThat((Duration) lag).isGreaterThan(Duration.ofMinutes(59)))
                    .hasEntrySatisfying(
                            "stalledFor", held -> assertThat((Duration) held).isGreaterThanOrEqualTo(LIMIT))
                    .containsKey("wayOut")
                    .doesNotContainKey("heldBy");
            clock.loop.get().clockMoved();
            sleeper.get(20, TimeUnit.SECONDS);
            until(() -> health(loop, none()).getStatus().equals(Status.UP));
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void periodicsThatAreDueOrRunForTooLongAreDetailsAndNoReasonToBeDown(Carrier carrier) throws Exception {
        ManualClock clock = new ManualClock();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (IOLoop loop = IOLoop.create(options(carrier).withClock(clock).withSlowCallback(Duration.ofMinutes(1)))) {
            PeriodicCallback runs = new PeriodicCallback(
                    loop,
                    "runs long",
                    PeriodicSchedule.delay(Duration.ofHours(1)).withInitialDelay(Duration.ZERO),
                    () -> sleep(Duration.ofHours(1)));
            PeriodicCallback due =
                    new PeriodicCallback(loop, "is due", PeriodicSchedule.every(Duration.ofSeconds(10)), () -> {});
            PeriodicCallback later =
                    new PeriodicCallback(loop, "is not due", PeriodicSchedule.every(Duration.ofHours(10)), () -> {});
            List<PeriodicCallback> all = List.of(runs, due, later);
            OverduePeriodics periodics = new OverduePeriodics(() -> all, clock, Duration.ofMinutes(1));
            all.forEach(PeriodicCallback::start);
            until(() -> runs.runs() == 1);
            assertThat(periodics.now()).isEmpty();
            Task<?> keeper = loop.spawn("keeper", () -> {
                blocked.countDown();
                return end.await(60, TimeUnit.SECONDS);
            });
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            clock.advance(Duration.ofSeconds(60));
            assertThat(periodics.now()).isEmpty();
            clock.advance(Duration.ofSeconds(11));
            assertThat(periodics.now())
                    .containsExactly(
                            new OverduePeriodic("runs long", null, Instant.EPOCH),
                            new OverduePeriodic("is due", Instant.EPOCH.plusSeconds(10), null));
            Health health = new IOLoopHealthIndicator(loop, Duration.ofHours(1), periodics).health(true);
            assertThat(health).isNotNull();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails()).containsEntry("overduePeriodics", periodics.now());
            end.countDown();
            keeper.get(20, TimeUnit.SECONDS);
            until(() -> periodics.now().size() == 1);
            all.forEach(PeriodicCallback::stop);
            loop.stop();
        }
    }
}
