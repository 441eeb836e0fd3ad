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
        } else if (thread.isVirtual() && !(thread.getUncaughtExceptionHandler() instanceof ThreadGroup)) {
            message = where
                    + ", which has a handler of uncaught exceptions of its own: a coroutine is known by that of the loop; "
                    + "leave it in place, or, if this is no coroutine, start one with `IOLoop.spawn`";
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
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.filter(frame -> !isOwn(frame.getDeclaringClass()))
                        .findFirst())
                .map(frame -> "in " + frame + " ")
                .orElse("");
    }

    /** Code from the library's own place, and not what was packed together with it. */
    private static boolean isOwn(Class<?> caller) {
        return caller.getProtectionDomain() == Misuse.class.getProtectionDomain()
                && caller.getName().startsWith(Misuse.class.getPackageName() + ".");
    }

    private static String describe(Thread thread) {
        return thread.getName().isEmpty() ? thread.toString() : "thread '" + thread.getName() + "'";
    }
}
