package dev.asyncloop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What threads outside of the loop want to look at in a turn. All of them share one place in the line: where nobody gives the
 * turn away those who ask again and again why that is must not make the line longer.
 */
final class Looks {

    private final DefaultIOLoop loop;

    private final Queue<Runnable> wanted = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean inLine = new AtomicBoolean();

    Looks(DefaultIOLoop loop) {
        this.loop = loop;
    }

    /** Has this done in a turn; short, and must not throw. Any thread. */
    void add(Runnable look) {
        wanted.add(look); // before the place is looked at: who has it lets go of it first, and looks here afterwards
        if (inLine.compareAndSet(false, true)) {
            loop.turn().run(this::take);
        }
    }

    /** Nobody waits for it any more. Any thread. */
    void forget(Runnable look) {
        wanted.remove(look);
    }

    /** Returns how many in the line are no coroutine's but this: none or one. Any thread. */
    int inLine() {
        return inLine.get() ? 1 : 0;
    }

    private void take() {
        inLine.set(false);
        Runnable look;
        while ((look = wanted.poll()) != null) {
            look.run();
        }
    }
}
