package dev.asyncloop;

import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.SlowCallback.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code IOLoop.state}, and what is kept of slow callbacks. */
@Timeout(120)
class LoopStateTest {

    private static final Duration LIMIT = Duration.ofMillis(20);

    private static void until(BooleanSupplier isSo) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime()).as("20 s are over").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static IOLoop loop(Carrier carrier) {
        return IOLoop.create(Loops.options(carrier).withSlowCallback(LIMIT));
    }

    @OnBothCarriers
    void aLoopRunsIsBlockedRunsAndIsClosed(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        IOLoop closed;
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier)) {
            closed = loop;
            until(() -> loop.state() == LoopState.RUNNING);
            Task<?> keeper = loop.spawn("keeper", () -> end.await(60, TimeUnit.SECONDS));
            until(() -> loop.state() == LoopState.BLOCKED);
            until(() -> loop.statistics().stalledFor().compareTo(LIMIT) > 0);
            end.countDown();
            keeper.get(20, TimeUnit.SECONDS);
            until(() -> loop.state() == LoopState.RUNNING);
            until(() -> loop.statistics().stalledFor().isZero());
            Task<?> leaver = loop.spawn("leaver", () -> Async.blocking(() -> left.await(60, TimeUnit.SECONDS)));
            until(() -> loop.statistics().states().get(State.BLOCKING) == 1);
            assertThat(loop.statistics().states().get(State.WAITING)).isZero();
            Thread closing = Thread.ofPlatform().start(loop::close);
            until(() -> loop.state() == LoopState.CLOSING);
            left.countDown();
            leaver.get(20, TimeUnit.SECONDS);
            assertThat(loop.statistics().states().get(State.BLOCKING)).isZero();
            closing.join();
        }
        assertThat(closed.state()).isEqualTo(LoopState.CLOSED);
        assertThat(closed.statistics().stalledFor()).isZero();
    }

    @OnBothCarriers
    void theLastSlowCallbacksAreKeptWithTheirStacksAndNoMore(Carrier carrier) throws Exception {
        Instant before = Instant.now();
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = loop(carrier)) {
            assertThat(loop.slowCallbacks()).isEmpty();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= 12; i++) {
                String name = "slow " + i;
                CountDownLatch end = new CountDownLatch(1);
                Task<?> keeper = loop.spawn(name, () -> end.await(60, TimeUnit.SECONDS));
                until(() -> isLatest(loop, name, false));
                if (i == 12) {
                    Duration soFar = loop.slowCallbacks().getFirst().callback().heldFor();
                    until(() ->
                            loop.slowCallbacks().getFirst().callback().heldFor().compareTo(soFar) > 0);
                }
                end.countDown();
                keeper.get(20, TimeUnit.SECONDS);
                until(() -> isLatest(loop, name, true));
                names.addFirst(name);
            }
            List<SlowCallbackRecord> last = loop.slowCallbacks();
            assertThat(last).hasSize(10);
            List<SlowCallbackRecord> own = last.stream()
                    .filter(seen -> seen.callback().name().startsWith("slow ")) // a slow machine may have more of them
                    .toList();
            assertThat(own)
                    .extracting(seen -> seen.callback().name())
                    .isNotEmpty()
                    .isEqualTo(names.subList(0, own.size()));
            assertThat(own).allSatisfy(seen -> {
                assertThat(seen.begun()).isBetween(before, Instant.now());
                assertThat(seen.callback().held()).isEqualTo(Held.TURN);
                assertThat(seen.callback().heldFor()).isGreaterThanOrEqualTo(LIMIT);
            });
            assertThat(own)
                    .filteredOn(seen -> seen.callback().what().startsWith("waits in the JDK"))
                    .isNotEmpty()
                    .allSatisfy(seen -> assertThat(seen.callback().stack())
                            .anyMatch(frame -> frame.getClassName().equals(LoopStateTest.class.getName())));
            assertThat(loop.slowCallbacks()).isEqualTo(last); // what is over grows no longer
            assertThat(loop.statistics().slowCallbacks()).isGreaterThanOrEqualTo(12);
        }
    }

    /** Something of the machine's own may be slow as well. */
    private static boolean isLatest(IOLoop loop, String name, boolean over) {
        return loop.slowCallbacks().stream()
                .filter(seen -> seen.callback().name().equals(name))
                .anyMatch(seen -> seen.over() == over);
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

    /** As after a lost wake-up: a timer is due, nobody has the turn, nobody holds anything. */
    @OnBothCarriers
    void aLoopThatDoesNotTurnIsStalledThoughNobodyHoldsIt(Carrier carrier) throws Exception {
        LeapingClock clock = new LeapingClock();
        try (CapturedLog log = CapturedLog.withWatchdog();
                IOLoop loop = IOLoop.create(
                        Loops.options(carrier).withSlowCallback(LIMIT).withClock(clock))) {
            Task<?> sleeper;
            do { // it may look at the clock once more before it sleeps
                Task<?> next = loop.spawn("sleeper", () -> sleep(Duration.ofHours(1)));
                sleeper = next;
                until(() ->
                        loop.state() == LoopState.RUNNING && loop.statistics().timers() == 1);
                clock.leap.addAndGet(Duration.ofHours(2).toNanos());
                until(() -> loop.state() == LoopState.STALLED || next.isDone());
            } while (sleeper.isDone());
            assertThat(loop.slowCallback()).isNull();
            assertThat(loop.statistics().lag()).isGreaterThan(Duration.ofMinutes(59));
            assertThat(log.await(message -> message.startsWith("Nobody has had a turn of 'test' for ")))
                    .contains("although 0 wait and the first timer is 3600", "thread dump");
            clock.loop.get().clockMoved(); // so it looks again
            sleeper.get(20, TimeUnit.SECONDS);
            until(() -> loop.state() == LoopState.RUNNING);
            log.await(message -> message.startsWith("'test' goes on after "));
        }
    }

    @Test
    void theNamesOfTheThreads() {
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP)) {
            assertThat(loop.threadName()).isEqualTo("test");
            assertThat(loop.options().slowCallback()).isEqualTo(Duration.ofMillis(100));
        }
        try (IOLoop loop = Loops.on(Carrier.JDK)) {
            assertThat(loop.threadName()).isEqualTo("test-io");
        }
    }
}
