package dev.asyncloop;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Says what was called where it can't work, and what to do instead.
 */
final class Misuse {

    private Misuse() {}

    /**
     * Makes the error for a wait outside of a coroutine.
     * @param operation what was called
     * @param blocked the coroutine of this thread, if it is in a blocking section
     */
    static IllegalStateException notInCoroutine(String operation, @Nullable Coroutine<?> blocked) {
        Thread thread = Thread.currentThread();
        String where = "`" + operation + "` was called " + place() + "on " + describe(thread);
        String message;
        if (blocked != null) {
            message = where + ", inside `Async.blocking`, where coroutine '" + blocked.name()
                    + "' has given its turn away; call it outside of the blocking section";
        } else if (Schedulers.isNonBlockingThread(thread)) {
            message = where
                    + ": Netty's or Reactor's code (a reactive handler, a WebFilter, a lambda in `Flux.map`) is no "
                    + "coroutine; make the handler a @Coroutine, or start one with `IOLoop.spawn` or `IOLoop.mono`";
        } else {
            message = where
                    + ", which is no coroutine; start one with `IOLoop.spawn`, or with `IOLoop.runSync` to wait for "
                    + "it here";
        }
        return new IllegalStateException(message);
    }

    /** Makes the error for a call that would wait for the loop on the loop. */
    static IllegalStateException wouldWaitForItself(String operation, String remedy) {
        return new IllegalStateException(
                "`" + operation + "` was called " + place() + "on " + describe(Thread.currentThread())
                        + ", which the loop needs to go on: it would wait for itself; " + remedy);
    }

    private static String place() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.filter(frame -> !isOwn(frame.getClassName())).findFirst())
                .map(frame -> "in " + frame + " ")
                .orElse("");
    }

    /** The library's own frames, not those of code below its package such as its tests. */
    private static boolean isOwn(String className) {
        return className.equals(Async.class.getName())
                || className.equals(Coroutine.class.getName())
                || className.equals(IOLoop.class.getName())
                || className.equals(DefaultIOLoop.class.getName())
                || className.equals(Misuse.class.getName());
    }

    private static String describe(Thread thread) {
        return thread.getName().isEmpty() ? thread.toString() : "thread '" + thread.getName() + "'";
    }
}
