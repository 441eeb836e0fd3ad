package dev.asyncloop.spring.actuate;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopState;
import dev.asyncloop.SlowCallback;
import org.jspecify.annotations.Nullable;

/**
 * A loop's state with what blocks it, which do not contradict each other although the loop goes on between a look at the one
 * and at the other.
 */
record LoopCondition(LoopState state, @Nullable SlowCallback blocked) {

    /** Looks again if it was blocked by something that is over. Any thread but the loop's own. */
    static LoopCondition of(IOLoop loop) {
        while (true) {
            SlowCallback blocked = loop.slowCallback();
            if (blocked != null) {
                return new LoopCondition(LoopState.BLOCKED, blocked);
            }
            LoopState state = loop.state();
            if (state != LoopState.BLOCKED) {
                return new LoopCondition(state, null);
            }
        }
    }
}
