package dev.asyncloop.internal.carrier;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two bring work to one that sleeps: it is woken, and only one of them pays for that. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Woken once.")
@State
public class SignalRace {

    private final AtomicInteger wakes = new AtomicInteger();

    private final SleepGate gate = new SleepGate(wakes::incrementAndGet, () -> {});

    public SignalRace() {
        gate.idle();
    }

    @Actor
    public void bring() {
        gate.signal();
    }

    @Actor
    public void bringMore() {
        gate.signal();
    }

    @Arbiter
    public void end(I_Result result) {
        result.r1 = wakes.get();
    }
}
