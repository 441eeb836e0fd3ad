package dev.asyncloop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import reactor.util.context.Context;

/** A call is cancelled when the executor comes to it: its work is done or withdrawn, and the outcome says which. */
@JCStressTest
@Outcome(id = "worked, true, 42", expect = Expect.ACCEPTABLE, desc = "Cancelled while it worked: ends with its work.")
@Outcome(id = "worked, false, 42", expect = Expect.ACCEPTABLE, desc = "Done before it was cancelled.")
@Outcome(id = "withdrawn, true, cancelled", expect = Expect.ACCEPTABLE, desc = "Withdrawn before it began.")
@Outcome(
        id = "worked, true, cancelled",
        expect = Expect.ACCEPTABLE_INTERESTING,
        desc = "Cancelled between the end of its work and its completion: the value is dropped.")
@Outcome(id = "overtaken, .*", expect = Expect.FORBIDDEN, desc = "Ended while its work went on.")
@State
public class ExecutorCallRace {

    private String work = "withdrawn";

    private final ExecutorCall<Integer> call = new ExecutorCall<>(EndedLoop.LOOP, this::work, Context.empty());

    private int work() {
        for (int i = 0; i < 20; i++) { // as long as a cancellation that would overtake it
            Thread.onSpinWait();
        }
        work = call.isDone() ? "overtaken" : "worked";
        return 42;
    }

    @Actor
    public void run() {
        call.run();
    }

    @Actor
    public void cancel(LLL_Result result) {
        result.r2 = call.cancel(false);
    }

    @Arbiter
    public void end(LLL_Result result) {
        result.r1 = work;
        result.r3 = EndedLoop.outcome(call);
    }
}
