package dev.asyncloop;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a thread does at one moment, as seen from outside.
 */
final class ThreadSample {

    private final Thread.State state;

    private final Mounting mounting;

    private final StackTraceElement[] stack;

    private final @Nullable Object blocker;

    private final boolean virtual;

    ThreadSample(Thread thread) {
        this.state = thread.getState();
        this.mounting = Mounting.of(thread);
        this.blocker = LockSupport.getBlocker(thread);
        this.stack = thread.getStackTrace();
        this.virtual = thread.isVirtual();
    }

    /** Returns whether a virtual thread could run and has nobody to carry it: it can't help that it does not go on. */
    boolean isReady() {
        return virtual && state == Thread.State.RUNNABLE && !mounting.isMounted();
    }

    /** Returns whether the thread runs, or keeps a carrier from running anything else. */
    boolean isMounted() {
        return mounting.isMounted();
    }

    List<StackTraceElement> stack() {
        return List.of(stack);
    }

    Hold hold() {
        return isReady() ? Hold.IS_READY : Hold.of(state, stack);
    }

    /** Returns what the thread does, as a part of a sentence. */
    String what() {
        StringBuilder what = new StringBuilder(hold().what());
        if (state == Thread.State.BLOCKED) {
            what.append(", for a monitor");
        } else if (state != Thread.State.RUNNABLE && blocker != null) {
            what.append(", for a ").append(blocker.getClass().getName());
        }
        if (mounting.pinned()) {
            what.append(", and is pinned: its carrier '")
                    .append(mounting.carrier())
                    .append("' waits with it");
        }
        return what.toString();
    }

    /** Returns what to do about that the thread is pinned, if it is. */
    String wayOutIfPinned() {
        return mounting.pinned()
                ? ". What waits in a static initialiser or below native code keeps its carrier from all else: move the wait"
                        + " out of there, initialise the class early; an interrupt, as by `cancel(true)`, may end it"
                : "";
    }
}
