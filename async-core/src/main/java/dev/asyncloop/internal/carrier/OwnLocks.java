package dev.asyncloop.internal.carrier;

import java.security.CodeSource;
import java.util.Objects;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The locks that the loop itself takes for a moment, of which a cancellation by another thread is one.
 *
 * <p>Who stops at one of them with the turn keeps it. A lock that gets free wakes the first who waits for it, and nobody
 * else; if that one had lent its turn it would have to wait for the turn, and who has the turn, a due timer for example,
 * might wait for the lock, for ever. An application's own locks are another matter: whoever has the turn and stops at one
 * lends the turn in turn.
 */
public final class OwnLocks {

    private static final String PACKAGE = "dev.asyncloop.";

    private OwnLocks() {}

    /** Returns whether a virtual thread that does not run waits for such a lock, or has just got it. */
    public static boolean isStoppedAtOne(Thread thread) {
        return switch (thread.getState()) {
            case RUNNABLE -> true; // it was woken meanwhile, and its continuation comes at once
            case BLOCKED -> isOwn(thread.getStackTrace());
            case WAITING, TIMED_WAITING ->
                LockSupport.getBlocker(thread) instanceof AbstractOwnableSynchronizer && isOwn(thread.getStackTrace());
            default -> false;
        };
    }

    /** Whose the lock is shows in who wants it: the innermost caller that is none of the JDK's. */
    private static boolean isOwn(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
                return name.startsWith(PACKAGE) && isOwn(name);
            }
        }
        return stack.length == 0; // it was woken meanwhile
    }

    /** Tests, and applications that have been named alike, come from elsewhere. */
    private static boolean isOwn(String className) {
        try {
            return Objects.equals(
                    source(Class.forName(className, false, OwnLocks.class.getClassLoader())), source(OwnLocks.class));
        } catch (ClassNotFoundException | LinkageError ex) {
            return false;
        }
    }

    private static @Nullable CodeSource source(Class<?> type) {
        return type.getProtectionDomain().getCodeSource();
    }
}
