package dev.asyncloop.internal.turn;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Who has the turn passes it and joins again, while another one joins: both are served, one at a time, and see what the
 * holder did.
 */
public final class PassRace {

    private PassRace() {}

    @Outcome(id = "2, 2, 0", expect = Expect.ACCEPTABLE, desc = "Both had the turn and saw what the holder did.")
    @Outcome(id = "[01], .*", expect = Expect.FORBIDDEN, desc = "Somebody is left in line, and nobody has the turn.")
    @Outcome(id = "2, [01], .*", expect = Expect.FORBIDDEN, desc = "Did not see what the holder did.")
    @Outcome(id = ".*, 1", expect = Expect.FORBIDDEN, desc = "Two had the turn at once.")
    public static class Outcomes {}

    /** What is done in turns: plain fields, so it is as wrong as the turn. */
    private static final class Work {

        /** Opaque, so that it orders nothing that the turn does not order. */
        private final AtomicBoolean busy = new AtomicBoolean();

        private int byHolder;

        private int steps;

        private int seen;

        private int overlaps;

        boolean step() {
            if (busy.getOpaque()) {
                overlaps = 1;
            }
            busy.setOpaque(true);
            steps++;
            seen += byHolder;
            busy.setOpaque(false);
            return false;
        }

        void report(III_Result result) {
            result.r1 = steps;
            result.r2 = seen;
            result.r3 = overlaps;
        }
    }

    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class SecondLook {

        private final Work work = new Work();

        private final Turn turn = new Turn();

        public SecondLook() {
            turn.join(() -> true);
        }

        @Actor
        public void passAndJoin() {
            work.byHolder = 1;
            turn.pass();
            turn.join(work::step);
        }

        @Actor
        public void join() {
            turn.join(work::step);
        }

        @Arbiter
        public void end(III_Result result) {
            work.report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(Outcomes.class)
    @State
    public static class BrokenWithoutSecondLook {

        private final Work work = new Work();

        private final HastyTurn turn = new HastyTurn();

        public BrokenWithoutSecondLook() {
            turn.join(() -> true);
        }

        @Actor
        public void passAndJoin() {
            work.byHolder = 1;
            turn.pass();
            turn.join(work::step);
        }

        @Actor
        public void join() {
            turn.join(work::step);
        }

        @Arbiter
        public void end(III_Result result) {
            work.report(result);
        }
    }

    /** As {@link Turn}, but who leaves the turn free does not look at the line again. */
    private static final class HastyTurn {

        private final ConcurrentLinkedQueue<Successor> line = new ConcurrentLinkedQueue<>();

        private final AtomicBoolean held = new AtomicBoolean();

        void join(Successor successor) {
            line.add(successor);
            if (held.compareAndSet(false, true)) {
                pass();
            }
        }

        void pass() {
            Successor next;
            while ((next = line.poll()) != null) {
                if (next.take()) {
                    return;
                }
            }
            held.set(false);
        }
    }
}
