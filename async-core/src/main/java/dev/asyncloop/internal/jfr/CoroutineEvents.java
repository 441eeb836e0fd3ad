package dev.asyncloop.internal.jfr;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Commits the events of a coroutine's life. Without a recording that wants them each costs one look at a field; in a Java
 * runtime without the module {@code jdk.jfr}, too.
 */
public final class CoroutineEvents {

    /** What is said of a coroutine in each event. Asked only if there is somebody to be told. */
    public interface Subject {

        /** Returns the name of its loop. */
        String loopName();

        /** Returns its number on the loop. */
        long id();

        /** Returns its name. */
        String name();

        /** Returns the number of its parent; 0 if it has none. */
        long parentId();
    }

    private static final boolean AVAILABLE = isAvailable();

    private CoroutineEvents() {}

    private static boolean isAvailable() {
        try {
            Class.forName("jdk.jfr.Event", false, CoroutineEvents.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError ex) {
            return false;
        }
    }

    /** By who starts it. */
    public static void started(Subject subject) {
        if (AVAILABLE) {
            Recorded.started(subject);
        }
    }

    /** By who ends it. */
    public static void ended(Subject subject, @Nullable Throwable failure) {
        if (AVAILABLE) {
            Recorded.ended(subject, failure);
        }
    }

    /** What needs the module. */
    private static final class Recorded {

        static void started(Subject subject) {
            CoroutineStart event = new CoroutineStart();
            if (event.isEnabled()) {
                event.loop = subject.loopName();
                event.coroutineId = subject.id();
                event.coroutineName = subject.name();
                event.parentId = subject.parentId();
                event.commit();
            }
        }

        static void ended(Subject subject, @Nullable Throwable failure) {
            CoroutineEnd event = new CoroutineEnd();
            if (event.isEnabled()) {
                event.loop = subject.loopName();
                event.coroutineId = subject.id();
                event.coroutineName = subject.name();
                event.parentId = subject.parentId();
                event.outcome = outcome(failure);
                event.failure = failure != null ? failure.getClass().getName() : "";
                event.commit();
            }
        }

        private static String outcome(@Nullable Throwable failure) {
            if (failure == null) {
                return "returned";
            }
            return failure instanceof CancellationException ? "cancelled" : "failed";
        }
    }
}
