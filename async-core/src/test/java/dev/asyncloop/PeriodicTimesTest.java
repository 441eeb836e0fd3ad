package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Schedules of times of day, and clocks that are set. */
class PeriodicTimesTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final PeriodicSchedule HOURLY = PeriodicSchedule.at(
            "hourly", time -> time.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS));

    private final SetClock clock = new SetClock();

    /** What the clock showed when the body began. */
    private final List<String> starts = new CopyOnWriteArrayList<>();

    /** A clock that is moved, as all time is, and whose time of day is set besides, as only clocks are. */
    private static final class SetClock implements LoopClock {

        private final ManualClock time = new ManualClock(Instant.parse("2026-11-30T09:00:00Z"));

        private volatile Duration set = Duration.ZERO;

        void advance(Duration by) {
            time.advance(by);
        }

        void set(Duration by) {
            set = set.plus(by);
        }

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public Instant instant() {
            return time.instant().plus(set);
        }

        @Override
        public boolean ticks() {
            return false;
        }

        @Override
        public IOLoop attach(DrivenLoop loop) {
            return time.attach(loop);
        }
    }

    private IOLoop loop(Carrier carrier) {
        return IOLoop.create(Loops.options(carrier).withClock(clock).withGracePeriod(Duration.ZERO));
    }

    private PeriodicCallback start(IOLoop loop, PeriodicSchedule schedule, PeriodicCallback.Body body) {
        PeriodicCallback tick = new PeriodicCallback(loop, "tick", schedule, () -> {
            starts.add(clock.instant().toString().substring(11, 19));
            body.run();
        });
        tick.start();
        Loops.settle(loop);
        return tick;
    }

    private PeriodicCallback start(IOLoop loop) {
        return start(loop, HOURLY, () -> {});
    }

    private void advance(IOLoop loop, Duration by, int times) {
        for (int i = 0; i < times; i++) {
            clock.advance(by);
            Loops.settle(loop);
        }
    }

    @OnBothCarriers
    void callsAtItsTimesHoweverFarTheyAre(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = start(loop);
            assertThat(tick.status().next()).isEqualTo("2026-11-30T10:00:00Z");
            advance(loop, MINUTE.dividedBy(2), 119);
            assertThat(starts).isEmpty();
            advance(loop, MINUTE.dividedBy(2), 121);
            assertThat(starts).containsExactly("10:00:00", "11:00:00");
            assertThat(tick.skipped()).isZero();
            assertThat(tick.schedule().period()).isNull();
            assertThat(tick.schedule().isGrid()).isFalse();
        }
    }

    @OnBothCarriers
    void aClockThatIsSetBackMakesNoTimeTwice(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = start(loop);
            advance(loop, MINUTE, 60);
            assertThat(starts).containsExactly("10:00:00");
            clock.set(Duration.ofMinutes(-90)); // it shows 08:30
            advance(loop, MINUTE, 149);
            assertThat(starts).as("until it has caught up with 11:00").hasSize(1);
            advance(loop, MINUTE, 1);
            assertThat(starts).containsExactly("10:00:00", "11:00:00");
            assertThat(tick.skipped()).isZero();
        }
    }

    @OnBothCarriers
    void aClockThatIsSetBackWhileTheBodyRunsMakesNoTimeTwice(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = start(loop, HOURLY, () -> clock.set(Duration.ofMillis(-5)));
            advance(loop, MINUTE, 60);
            assertThat(tick.status().next()).isEqualTo("2026-11-30T11:00:00Z");
            assertThat(starts).containsExactly("10:00:00");
        }
    }

    @OnBothCarriers
    void aClockThatIsSetBackWhileItWaitsIsWaitedFor(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            start(loop);
            advance(loop, MINUTE, 59);
            clock.set(Duration.ofSeconds(-10));
            advance(loop, MINUTE, 1);
            assertThat(starts).as("it shows 09:59:50").isEmpty();
            advance(loop, Duration.ofSeconds(1), 10);
            assertThat(starts).containsExactly("10:00:00");
        }
    }

    @OnBothCarriers
    void aClockThatIsSetForwardIsNoticedWithinAMinuteAndMakesOneCall(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = start(loop);
            advance(loop, MINUTE.dividedBy(2), 1);
            clock.set(Duration.ofHours(5)); // it shows 14:00:30
            Loops.settle(loop);
            assertThat(starts).isEmpty();
            advance(loop, MINUTE, 1);
            assertThat(starts).containsExactly("14:01:30");
            assertThat(tick.skipped()).as("11, 12, 13 and 14 o'clock").isEqualTo(4);
            assertThat(tick.status().next()).isEqualTo("2026-11-30T15:00:00Z");
        }
    }

    @OnBothCarriers
    void timesThatPassWhileTheBodyRunsAreSkipped(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            Promise<String> end = loop.promise("end");
            PeriodicCallback tick = start(loop, HOURLY, () -> Async.await(end.task()));
            advance(loop, MINUTE, 200); // 12:20
            assertThat(starts).containsExactly("10:00:00");
            end.succeed("now");
            Loops.settle(loop);
            assertThat(tick.skipped()).isEqualTo(2);
            advance(loop, MINUTE, 40);
            assertThat(starts).containsExactly("10:00:00", "13:00:00");
        }
    }

    @OnBothCarriers
    void aTriggeredCallAndAPauseLeaveTheTimesAsTheyAre(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick = start(loop);
            tick.trigger();
            Loops.settle(loop);
            advance(loop, MINUTE, 60);
            tick.pause();
            advance(loop, MINUTE, 150); // 12:30
            tick.resume();
            advance(loop, MINUTE, 30);
            assertThat(starts).containsExactly("09:00:00", "10:00:00", "13:00:00");
            assertThat(tick.skipped()).isZero();
        }
    }

    @OnBothCarriers
    void veryManyTimesThatHavePassedAreNotAllCounted(Carrier carrier) {
        try (IOLoop loop = loop(carrier)) {
            PeriodicCallback tick =
                    start(loop, PeriodicSchedule.at("each second", time -> time.plusSeconds(1)), () -> {});
            clock.set(Duration.ofDays(10));
            advance(loop, Duration.ofSeconds(1), 1);
            assertThat(starts).hasSize(1);
            assertThat(tick.skipped()).isEqualTo(1_000);
            advance(loop, Duration.ofSeconds(1), 3);
            assertThat(starts).hasSize(4);
        }
    }

    @OnBothCarriers
    void aScheduleWithoutFurtherTimesEnds(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier)) {
            Instant only = clock.instant().plusSeconds(5);
            PeriodicSchedule once = PeriodicSchedule.at("once", time -> time.isBefore(only) ? only : null);
            PeriodicCallback tick = start(loop, once, () -> {});
            advance(loop, Duration.ofSeconds(1), 6);
            assertThat(starts).hasSize(1);
            assertThat(tick.isRunning()).isFalse();
            assertThat(tick.status().state()).isEqualTo(PeriodicStatus.State.STOPPED);
            tick.start();
            assertThat(tick.isRunning()).isFalse();
            assertThat(log.messages())
                    .containsExactly(
                            "'tick' ends, as its schedule (once) has no further time",
                            "'tick' was started, but its schedule (once) has no further time");
        }
    }

    @OnBothCarriers
    void aScheduleThatFailsStopsAndSaysSo(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier)) {
            Instant first = clock.instant().plusSeconds(5);
            PeriodicSchedule same = PeriodicSchedule.at("the same again", time -> first);
            PeriodicCallback tick = start(loop, same, () -> {});
            advance(loop, Duration.ofSeconds(1), 6);
            assertThat(starts).hasSize(1);
            assertThat(tick.isRunning()).isFalse();
            assertThat(log.messages())
                    .containsExactly("Exception in the schedule (the same again) of 'tick', which stops");
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(tick::start)
                    .withMessageContainingAll("'the same again'", first.toString(), "must be later");
            assertThat(tick.isRunning()).isFalse();
        }
    }
}
