package dev.asyncloop;

import dev.asyncloop.internal.timer.Timers;
import dev.asyncloop.internal.turn.Turn;
import dev.asyncloop.internal.watchdog.Watched;
import java.time.Duration;

/**
 * That a loop has something to do and nobody gets a turn, whoever keeps it: also when nobody is seen who does, as when a
 * wake-up was lost, or a thread of the loop is gone.
 */
final class Standstill implements Watched {

    private final Turn turn;

    private final Timers timers;

    private final SlowCallbackReport report;

    Standstill(Turn turn, Timers timers, SlowCallbackReport report) {
        this.turn = turn;
        this.timers = timers;
        this.report = report;
    }

    @Override
    public long stretch() {
        return turn.isFree() && timers.late() == 0 ? NOBODY : turn.turns();
    }

    /** Who keeps it is told of by another watch. */
    @Override
    public boolean tooLong(long heldNanos) {
        return true;
    }

    @Override
    public void stillHeld(long heldNanos) {
        report.standsStill(Duration.ofNanos(heldNanos), turn.waiting(), Duration.ofNanos(timers.late()));
    }

    @Override
    public void over(long heldNanos) {
        report.goesOn(Duration.ofNanos(heldNanos));
    }
}
