package dev.asyncloop.internal.carrier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One brings work, the other goes to sleep: nobody sleeps over work without being woken. */
public final class SleepRace {

    private static final int STAYED_AWAKE = 0;

    private static final int SLEPT = 1;

    private static final int SIGNALLED_FOR_NOTHING = 2;

    private SleepRace() {}

    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The second look has found the work.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Signalled before it slept; the wake-up is for nothing.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Slept and was woken.")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "Sleeps over work, and nobody wakes it.")
    @Outcome(id = "2, .*", expect = Expect.FORBIDDEN, desc = "Was signalled and does not see the work.")
    public static class Outcomes {}

    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class SecondLook {

        private volatile boolean work;

        /** Written and read by who brings work, within its signal. */
        private int woken;

        /** A part of the work that is seen only if the protocol makes it seen. */
        private int load;

        private final SleepGate gate = new SleepGate(() -> woken++, () -> {});

        @Actor
        public void bring(II_Result result) {
            load = 1;
            work = true;
            gate.signal();
            result.r2 = woken;
        }

        @Actor
        public void sleep(II_Result result) {
            gate.idle();
            if (work) {
                result.r1 = STAYED_AWAKE;
            } else if (gate.maySleep()) {
                result.r1 = SLEPT;
            } else {
                result.r1 = load == 1 ? STAYED_AWAKE : SIGNALLED_FOR_NOTHING;
            }
        }
    }

    /** Looks for work before it announces its sleep, and not again. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class BrokenWithoutSecondLook {

        private volatile boolean work;

        private int woken;

        private final SleepGate gate = new SleepGate(() -> woken++, () -> {});

        @Actor
        public void bring(II_Result result) {
            work = true;
            gate.signal();
            result.r2 = woken;
        }

        @Actor
        public void sleep(II_Result result) {
            boolean found = work;
            gate.idle();
            result.r1 = !found && gate.maySleep() ? SLEPT : STAYED_AWAKE;
        }
    }
}
