package dev.asyncloop.internal.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All access to what the JDK keeps to itself: virtual threads on a scheduler of our own. Looked up and tried out once;
 * another JDK costs this file at most.
 */
public final class JdkInternals {

    /** The option that opens the JDK's package, for messages. */
    public static final String FLAG = "--add-opens java.base/java.lang=ALL-UNNAMED";

    /** What a thread is called until it has a name of its own: given when it is made, that costs nothing. */
    private static final String NAME = "coroutine";

    /** How long start, switch and wake-up may take together when they are tried out. */
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);

    private static final Found FOUND = find(JdkInternals::lookUp, PROBE_LIMIT);

    /** Makes the factory of virtual threads for a scheduler. */
    interface Factories extends Function<Executor, ThreadFactory> {}

    /** How to get at {@link Factories}. */
    interface LookUp {
        Factories get() throws Throwable;
    }

    /**
     * What has come of it: one of the two.
     *
     * @param factories what was found and has passed the probe
     * @param failure why nothing was
     */
    record Found(@Nullable Factories factories, @Nullable Throwable failure) {}

    private JdkInternals() {}

    /** Looks the internals up and tries them out. Never fails, and takes not much longer than the limit. */
    static Found find(LookUp lookUp, Duration limit) {
        try {
            Factories factories = lookUp.get();
            SchedulerProbe.run(factories, limit);
            return new Found(factories, null);
        } catch (Throwable ex) {
            return new Found(null, ex);
        }
    }

    private static Factories lookUp() throws ReflectiveOperationException {
        return lookUp("java.lang.ThreadBuilders$VirtualThreadBuilder");
    }

    static Factories lookUp(String builder) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName(builder).getDeclaredConstructor(Executor.class);
        constructor.setAccessible(true);
        MethodHandle newBuilder = MethodHandles.lookup()
                .unreflectConstructor(constructor)
                .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
        return scheduler -> factory(newBuilder, scheduler);
    }

    /** Returns whether virtual threads can be put on a scheduler of our own. */
    public static boolean available() {
        return FOUND.factories != null;
    }

    /** Returns why not, if not. */
    public static @Nullable Throwable failure() {
        return FOUND.failure;
    }

    /** Returns whether the JVM was started with {@link #FLAG}, or what amounts to it. */
    public static boolean isAllowed() {
        return Thread.class.getModule().isOpen(Thread.class.getPackageName(), JdkInternals.class.getModule());
    }

    /**
     * Returns a factory for virtual threads whose continuations are handed to this scheduler. It must never throw and
     * never block: a continuation that it refuses is lost, and so is the JDK's thread that delivered it.
     */
    static ThreadFactory onScheduler(Executor scheduler) {
        Factories factories = FOUND.factories;
        if (factories == null) {
            throw new IllegalStateException("This JVM does not allow a scheduler of our own: " + FOUND.failure);
        }
        return factories.apply(scheduler);
    }

    /**
     * Returns a factory for virtual threads on the JDK's own scheduler, also when the thread that makes them is itself
     * carried by a loop and would pass its scheduler on.
     */
    static ThreadFactory onDefaultScheduler() {
        Factories factories = FOUND.factories;
        Executor scheduler = DefaultScheduler.FOUND;
        return factories != null && scheduler != null
                ? factories.apply(scheduler)
                : Thread.ofVirtual()
                        .name(NAME)
                        .inheritInheritableThreadLocals(false)
                        .factory();
    }

    /** The JDK's own scheduler. Not needed for one of our own, so another JDK may lack it. */
    private static final class DefaultScheduler {

        static final @Nullable Executor FOUND = find();

        private static @Nullable Executor find() {
            try {
                Field scheduler = Class.forName("java.lang.VirtualThread").getDeclaredField("DEFAULT_SCHEDULER");
                scheduler.setAccessible(true);
                return (Executor) scheduler.get(null);
            } catch (ReflectiveOperationException | RuntimeException ex) {
                return null;
            }
        }
    }

    private static ThreadFactory factory(MethodHandle newBuilder, Executor scheduler) {
        try {
            Thread.Builder.OfVirtual builder = (Thread.Builder.OfVirtual) newBuilder.invokeExact(scheduler);
            return builder.name(NAME).inheritInheritableThreadLocals(false).factory();
        } catch (Throwable ex) {
            throw new IllegalStateException("The JDK's builder of virtual threads refuses a scheduler", ex);
        }
    }

    /**
     * Returns the virtual thread whose continuation this is, for messages; {@code null} if that can't be told, as the JDK
     * does not say it.
     */
    static @Nullable Thread threadOf(Runnable continuation) {
        try {
            for (Field field : continuation.getClass().getDeclaredFields()) {
                if (Thread.class.isAssignableFrom(field.getType()) && field.trySetAccessible()) {
                    return (Thread) field.get(continuation);
                }
            }
        } catch (ReflectiveOperationException ex) {
            // another JDK: the thread stays without a name
        }
        return null;
    }

    /**
     * Has the JDK's pollers started from a platform thread, so that they are not carried by a loop for the life of the
     * JVM. Call it in a platform thread, before the first coroutine.
     */
    static void startPollers() {
        try {
            Class.forName("sun.nio.ch.Poller");
        } catch (ClassNotFoundException ex) {
            // another JDK, other pollers: nothing to start early
        }
    }
}
