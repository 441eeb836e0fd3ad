package dev.asyncloop.internal.turn;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two join a turn that is free, and whoever takes it keeps it: the other one waits until it is passed on. */
@JCStressTest
@Outcome(id = "1, 1, 2", expect = Expect.ACCEPTABLE, desc = "One has taken the turn, the other waited for it.")
@State
public class TakeRace {

    private final Turn turn = new Turn();

    private final AtomicInteger taken = new AtomicInteger();

    private boolean take() {
        taken.incrementAndGet();
        return true;
    }

    @Actor
    public void join() {
        turn.join(this::take);
    }

    @Actor
    public void joinToo() {
        turn.join(this::take);
    }

    @Arbiter
    public void end(III_Result result) {
        result.r1 = taken.get();
        result.r2 = turn.waiting();
        turn.pass();
        result.r3 = taken.get();
    }
}
