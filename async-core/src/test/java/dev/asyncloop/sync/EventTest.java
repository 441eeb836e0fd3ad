package dev.asyncloop.sync;

import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Turns.advance;
import static dev.asyncloop.Turns.ms;
import static dev.asyncloop.Turns.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Async;
import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.testing.ManualClock;
import java.time.Duration;

class EventTest {

    private final Event event = new Event();

    // Tornado case 50
    @OnBothCarriers
    void waitersBeforeAndAfterSetGoOnAndThoseAfterClearWait(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<?> before = spawn(() -> event.await());
                settle();
                assertThat(before.isDone()).isFalse();
                event.set();
                event.set();
                assertThat(event.isSet()).isTrue();
                Task<?> after = spawn(() -> event.await());
                settle();
                assertThat(before.isDone() && after.isDone()).isTrue();
                event.clear();
                Task<?> later = spawn(() -> event.await());
                settle();
                assertThat(later.isDone()).isFalse();
                assertThat(event).hasToString("Event[not set, 1 waiting]");
                return null;
            });
        }
    }

    // Tornado case 50
    @OnBothCarriers
    void aLimitThatPassesReturnsFalseAndLaterWaitsStillWork(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                assertThat(event.await(Duration.ZERO)).isFalse();
                Task<Boolean> limited = spawn(() -> event.await(ms(10)));
                settle();
                advance(clock, 10);
                assertThat(Async.await(limited)).isFalse();
                Task<Boolean> again = spawn(() -> event.await(ms(10)));
                settle();
                event.set();
                assertThat(Async.await(again)).isTrue();
                assertThat(event.await(Duration.ZERO)).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void whoWasWokenStaysWokenThoughTheEventIsClearedRightAfter(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            loop.runSync(() -> {
                Task<?> waiter = spawn(() -> event.await());
                settle();
                event.set();
                event.clear();
                settle();
                assertThat(waiter.isDone()).isTrue();
                return null;
            });
        }
    }

    @OnBothCarriers
    void aLimitFromOutsideIsNotMistakenForTheEventsOwn(Carrier carrier) {
        ManualClock clock = new ManualClock();
        try (IOLoop loop = Loops.on(carrier, clock)) {
            loop.runSync(() -> {
                Task<Boolean> inner = spawn(() -> Async.withTimeout(ms(10), () -> event.await(ms(20))));
                Task<Boolean> own = spawn(() -> Async.withTimeout(ms(20), () -> event.await(ms(10))));
                settle();
                advance(clock, 10);
                assertThatThrownBy(() -> Async.await(inner)).isInstanceOf(AsyncTimeoutException.class);
                assertThat(Async.await(own)).isFalse();
                assertThat(event).hasToString("Event[not set, 0 waiting]");
                return null;
            });
        }
    }
}
