package dev.asyncloop;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * A loop for actors of a race: its turn goes round among those who join, and as it has ended, no thread of its own is in
 * their way.
 */
final class EndedLoop {

    static final DefaultIOLoop LOOP = ended();

    private EndedLoop() {}

    private static DefaultIOLoop ended() {
        IOLoop loop = Loops.on(Carrier.JDK);
        loop.close();
        return (DefaultIOLoop) loop;
    }

    /** Says in one word how a task has ended. */
    static Object outcome(LoopTask<?> task) {
        return switch (task.state()) {
            case RUNNING -> "pending";
            case SUCCESS -> task.resultNow();
            case FAILED -> "failed";
            case CANCELLED -> "cancelled";
        };
    }

    /** A coroutine that takes its turns without a thread: it counts them, and has nothing else to do. */
    static final class Counted extends Coroutine<@Nullable Void> {

        private int turns;

        Counted() {
            super(LOOP, "counted", () -> null, Context.empty(), SwitchOn.AWAIT);
        }

        @Override
        public boolean take() {
            turns++;
            return false;
        }

        int turns() {
            return turns;
        }
    }
}
