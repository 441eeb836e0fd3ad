package dev.asyncloop;

import dev.asyncloop.internal.turn.Turn;
import dev.asyncloop.internal.watchdog.Watched;

/**
 * That the event loop has put the first hand-over of the turn off and does not come back to it, as it computes or waits, perhaps
 * for one who stands in line. Then it is done without it; so that coroutines go on beside what the event loop does.
 */
final class PutOffWatch implements Watched {

    private final DefaultIOLoop loop;

    private final Turn turn;

    PutOffWatch(DefaultIOLoop loop, Turn turn) {
        this.loop = loop;
        this.turn = turn;
    }

    @Override
    public long stretch() {
        return turn.isPutOff() ? turn.turns() : NOBODY;
    }

    /** In another thread, as what is done within the hand-over may wait for a lock. What comes next may be put off as well. */
    @Override
    public boolean tooLong(long heldNanos) {
        try {
            loop.inThreadOfItsOwn(turn::open);
        } catch (Throwable ex) { // no memory for a thread
            turn.open();
        }
        return false;
    }

    @Override
    public void stillHeld(long heldNanos) {}

    @Override
    public void over(long heldNanos) {}
}
