package dev.asyncloop;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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

    /**
     * Runs work in a thread that is lent, with the thread locals of this context and no others. What it changes there is
     * taken back afterwards.
     */
    static <T extends @Nullable Object> T with(ContextView context, Callable<T> work) throws Exception {
        return PROPAGATION ? Propagation.with(context, work) : work.call();
    }

    /** As {@link #with}, for what throws nothing checked. */
    static <T> T inContext(ContextView context, Supplier<T> action) {
        return PROPAGATION ? Propagation.inContext(context, action) : action.get();
    }

    /** Apart, so that it loads only where the library is. */
    private static final class Propagation {

        private static final ContextSnapshotFactory SNAPSHOTS =
                ContextSnapshotFactory.builder().build();

        private static final ContextSnapshotFactory NO_OTHERS =
                ContextSnapshotFactory.builder().clearMissing(true).build();

        /** What the thread has now counts, also where it has nothing any more. */
        static ContextView capture(ContextView inherited) {
            List<ThreadLocalAccessor<?>> accessors =
                    ContextRegistry.getInstance().getThreadLocalAccessors();
            if (accessors.isEmpty()) {
                return inherited;
            }
            Context context = Context.of(inherited);
            for (ThreadLocalAccessor<?> accessor : accessors) {
                Object value = accessor.getValue();
                context = value != null ? context.put(accessor.key(), value) : context.delete(accessor.key());
            }
            return context;
        }

        static void restore(ContextView context) {
            SNAPSHOTS.setThreadLocalsFrom(context); // the scope stays open for the coroutine's life
        }

        static <T extends @Nullable Object> T with(ContextView context, Callable<T> work) throws Exception {
            try (ContextSnapshot.Scope scope = NO_OTHERS.setThreadLocalsFrom(context)) {
                return work.call();
            }
        }

        static <T> T inContext(ContextView context, Supplier<T> action) {
            try (ContextSnapshot.Scope scope = NO_OTHERS.setThreadLocalsFrom(context)) {
                return action.get();
            }
        }
    }
}
