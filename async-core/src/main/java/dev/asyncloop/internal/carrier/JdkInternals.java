package dev.asyncloop.internal.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * All access to what the JDK keeps to itself: virtual threads on a scheduler of our own. Looked up and tried out once;
 * another JDK costs this file at most.
 */
public final class JdkInternals {

    /** The option that opens the JDK's package, for messages. */
    public static final String FLAG = "--add-opens java.base/java.lang=ALL-UNNAMED";

    private static final @Nullable MethodHandle NEW_BUILDER;

    private static final @Nullable Executor DEFAULT_SCHEDULER;

    private static final @Nullable Throwable FAILURE;

    static {
        MethodHandle newBuilder = null;
        Executor defaultScheduler = null;
        Throwable failure = null;
        try {
            Constructor<?> constructor = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            Field scheduler = Class.forName("java.lang.VirtualThread").getDeclaredField("DEFAULT_SCHEDULER");
            scheduler.setAccessible(true);
            newBuilder = MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
            defaultScheduler = (Executor) scheduler.get(null);
            tryOut(newBuilder);
        } catch (Throwable ex) {
            newBuilder = null;
            failure = ex;
        }
        NEW_BUILDER = newBuilder;
        DEFAULT_SCHEDULER = defaultScheduler;
        FAILURE = failure;
    }

    private JdkInternals() {}

    /** Returns whether virtual threads can be put on a scheduler of our own. */
    public static boolean available() {
        return NEW_BUILDER != null;
    }

    /** Returns why not, if not. */
    public static @Nullable Throwable failure() {
        return FAILURE;
    }

    /**
     * Returns a factory for virtual threads whose continuations are handed to this scheduler. It must never throw and
     * never block: a continuation that it refuses is lost, and so is the JDK's thread that delivered it.
     */
    static ThreadFactory onScheduler(Executor scheduler) {
        MethodHandle newBuilder = NEW_BUILDER;
        if (newBuilder == null) {
            throw new IllegalStateException("This JVM does not allow a scheduler of our own: " + FAILURE);
        }
        return factory(newBuilder, scheduler);
    }

    /**
     * Returns a factory for virtual threads on the JDK's own scheduler, also when the thread that makes them is itself
     * carried by a loop and would pass its scheduler on.
     */
    static ThreadFactory onDefaultScheduler() {
        return NEW_BUILDER != null && DEFAULT_SCHEDULER != null
                ? factory(NEW_BUILDER, DEFAULT_SCHEDULER)
                : Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();
    }

    private static ThreadFactory factory(MethodHandle newBuilder, Executor scheduler) {
        try {
            Thread.Builder.OfVirtual builder = (Thread.Builder.OfVirtual) newBuilder.invokeExact(scheduler);
            return builder.inheritInheritableThreadLocals(false).factory();
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

    private static void tryOut(MethodHandle newBuilder) throws InterruptedException {
        SchedulerProbe probe = new SchedulerProbe();
        probe.run(factory(newBuilder, probe));
    }
}
