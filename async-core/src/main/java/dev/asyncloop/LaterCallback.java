package dev.asyncloop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * A callback that waits for its time, after that for room in a full loop, and then as a coroutine for its turn. Until it
 * begins it can be taken back.
 */
final class LaterCallback implements Runnable {

    /** How long it waits for room in a full loop before it looks again: it was accepted long ago. */
    private static final Duration WHILE_FULL = Duration.ofMillis(10);

    private final DefaultIOLoop loop;

    private final @Nullable String name;

    private final Runnable callback;

    private final ContextView context;

    private final @Nullable Runnable neverBegun;

    /** Whether somebody has claimed it: it has begun, or was taken back. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private LaterCallback(
            DefaultIOLoop loop,
            @Nullable String name,
            Runnable callback,
            ContextView context,
            @Nullable Runnable neverBegun) {
        this.loop = loop;
        this.name = name;
        this.callback = callback;
        this.context = context;
        this.neverBegun = neverBegun;
    }

    /**
     * Sets the timer.
     * @param context what the callback runs with
     * @param neverBegun called if the callback was due, but is cancelled as a coroutine before it has begun; at once, by who
     *     has the turn; short
     */
    static TimerHandle set(
            DefaultIOLoop loop,
            @Nullable String name,
            Duration delay,
            Runnable callback,
            ContextView context,
            @Nullable Runnable neverBegun) {
        LaterCallback later = new LaterCallback(loop, name, callback, context, neverBegun);
        TimerHandle timer = later.setTimer(delay);
        return () -> {
            timer.cancel();
            return later.claim();
        };
    }

    private TimerHandle setTimer(Duration delay) {
        return loop.timer(delay, name != null ? name : "a callback", this::due);
    }

    /** In the coroutine. */
    @Override
    public void run() {
        if (claim()) {
            callback.run();
        }
    }

    private boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Called in a turn. */
    private void due() {
        if (claimed.get() || loop.isOver()) {
            return;
        }
        try {
            Coroutine<@Nullable Void> started = loop.coroutine(name, new Callback(this), context);
            if (neverBegun != null) {
                started.listenFromStart(new IfNeverBegun(neverBegun));
            }
            loop.join(started);
        } catch (LoopFullException ex) {
            setTimer(WHILE_FULL);
        }
    }

    /** Hears of the coroutine's end, and is who claims the callback if that has not. */
    private final class IfNeverBegun extends Listener<@Nullable Void> {

        private final Runnable action;

        IfNeverBegun(Runnable action) {
            this.action = action;
        }

        @Override
        boolean settled(@Nullable Void nothing, @Nullable Throwable failure) {
            if (claim()) {
                action.run();
            }
            return false;
        }
    }
}
