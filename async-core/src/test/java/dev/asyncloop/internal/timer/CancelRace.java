package dev.asyncloop.internal.timer;

import dev.asyncloop.internal.meter.Lateness;
import dev.asyncloop.internal.turn.Turn;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A timer is cancelled when it is due: it is set off, or the cancellation says that it was in time, never both. */
public final class CancelRace {

    private static final Timers TIMERS =
            new Timers(new Turn(), System::nanoTime, true, new Lateness(System::nanoTime), () -> {});

    private CancelRace() {}

    @Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "Cancelled in time.")
    @Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "Set off.")
    @Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "Set off although it was cancelled in time.")
    @Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Neither cancelled nor set off.")
    public static class Outcomes {}

    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class TakenOnce {

        private final Timer timer = new Timer(TIMERS, 0, 0, "the race", () -> {});

        @Actor
        public void cancel(ZZ_Result result) {
            result.r1 = timer.cancel();
        }

        @Actor
        public void setOff(ZZ_Result result) {
            result.r2 = timer.take() != null;
        }
    }

    /** Looks whether there is something to take, and then takes it. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class BrokenLookThenTake {

        private volatile boolean due = true;

        private boolean take() {
            boolean mine = due;
            due = false;
            return mine;
        }

        @Actor
        public void cancel(ZZ_Result result) {
            result.r1 = take();
        }

        @Actor
        public void setOff(ZZ_Result result) {
            result.r2 = take();
        }
    }
}
