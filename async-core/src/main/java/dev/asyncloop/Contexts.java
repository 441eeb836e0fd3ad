package dev.asyncloop;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Hands the context on from who spawns to what is spawned: the Reactor context of the request, and, where Micrometer's
 * context propagation is on the class path, the thread locals registered with it.
 */
final class Contexts {

    private static final boolean PROPAGATION = isPropagationPresent();

    private Contexts() {}

    private static boolean isPropagationPresent() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, Contexts.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException ex) {
            return false;
        }
    }

    /** Returns the context of what this coroutine, or this foreign thread, is about to start. */
    static ContextView capture(@Nullable Coroutine<?> spawner) {
        ContextView inherited = spawner != null ? spawner.context() : Context.empty();
        return PROPAGATION ? Propagation.capture(inherited) : inherited;
    }

    /** Sets the thread locals of a new coroutine. It keeps them: nobody else runs on its thread. */
    static void restore(ContextView context) {
        if (PROPAGATION && !context.isEmpty()) {
            Propagation.restore(context);
        }
    }

    /** Runs work in a thread that is lent, with thread locals that are taken back afterwards. */
    static <T extends @Nullable Object> T with(ContextView context, Callable<T> work) throws Exception {
        return PROPAGATION && !context.isEmpty() ? Propagation.with(context, work) : work.call();
    }

    /** Apart, so that it loads only where the library is. */
    private static final class Propagation {

        private static final ContextSnapshotFactory SNAPSHOTS =
                ContextSnapshotFactory.builder().build();

        static ContextView capture(ContextView inherited) {
            return ContextRegistry.getInstance().getThreadLocalAccessors().isEmpty()
                    ? inherited
                    : SNAPSHOTS.captureAll().updateContext(Context.of(inherited));
        }

        static void restore(ContextView context) {
            SNAPSHOTS.setThreadLocalsFrom(context); // the scope stays open for the coroutine's life
        }

        static <T extends @Nullable Object> T with(ContextView context, Callable<T> work) throws Exception {
            try (ContextSnapshot.Scope scope = SNAPSHOTS.setThreadLocalsFrom(context)) {
                return work.call();
            }
        }
    }
}
