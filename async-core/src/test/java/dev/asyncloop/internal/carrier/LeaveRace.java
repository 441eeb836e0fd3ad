package dev.asyncloop.internal.carrier;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One brings work while the other leaves for good: all of it is drained, by one at a time. */
public final class LeaveRace {

    private LeaveRace() {}

    @Outcome(id = "2, 0, 1", expect = Expect.ACCEPTABLE, desc = "Who left has drained all.")
    @Outcome(id = "2, 0, [2-9]", expect = Expect.ACCEPTABLE, desc = "Late drains have done the rest, or found it done.")
    @Outcome(id = "[01], .*", expect = Expect.FORBIDDEN, desc = "Work was lost.")
    @Outcome(id = ".*, 1, .*", expect = Expect.FORBIDDEN, desc = "Drained by two at once.")
    public static class Outcomes {}

    /** What there is to do, with what shows when it is done by two at once. */
    private static final class Work {

        private final AtomicInteger waiting = new AtomicInteger();

        /** Opaque, so that it orders nothing that the gate does not order. */
        private final AtomicBoolean busy = new AtomicBoolean();

        private int done;

        private int drains;

        private int overlaps;

        void drain() {
            if (busy.getOpaque()) {
                overlaps = 1;
            }
            busy.setOpaque(true);
            done += waiting.getAndSet(0);
            drains++;
            busy.setOpaque(false);
        }

        void report(III_Result result) {
            result.r1 = done;
            result.r2 = overlaps;
            result.r3 = drains;
        }
    }

    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class LookAfterClose {

        private final Work work = new Work();

        private final SleepGate gate = new SleepGate(() -> {}, this::drain);

        private void drain() {
            work.drain();
            gate.close();
            if (work.waiting.get() != 0) {
                gate.signal();
            }
        }

        @Actor
        public void bring() {
            for (int i = 0; i < 2; i++) {
                work.waiting.incrementAndGet();
                gate.signal();
            }
        }

        @Actor
        public void leave() {
            drain();
        }

        @Arbiter
        public void end(III_Result result) {
            work.report(result);
        }
    }

    /** Does not look for work once it has closed the gate. */
    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class BrokenWithoutLookAfterClose {

        private final Work work = new Work();

        private final SleepGate gate = new SleepGate(() -> {}, this::drain);

        private void drain() {
            work.drain();
            gate.close();
        }

        @Actor
        public void bring() {
            for (int i = 0; i < 2; i++) {
                work.waiting.incrementAndGet();
                gate.signal();
            }
        }

        @Actor
        public void leave() {
            drain();
        }

        @Arbiter
        public void end(III_Result result) {
            work.report(result);
        }
    }
}
