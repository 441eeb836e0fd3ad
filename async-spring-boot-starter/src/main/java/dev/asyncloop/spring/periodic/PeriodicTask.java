package dev.asyncloop.spring.periodic;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicStatus;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One {@link dev.asyncloop.spring.Periodic @Periodic} of one bean: what it is, and how it stands. Any thread; nothing here waits
 * for the loop.
 */
public final class PeriodicTask {

    private static final PeriodicStatus NOT_STARTED =
            new PeriodicStatus(PeriodicStatus.State.STOPPED, false, null, null, 0, 0, 0, null, null, List.of());

    private final PeriodicCallbacks owner;

    private final String name;

    private final Object bean;

    private final Method method;

    private final PeriodicPlan plan;

    private final PeriodicCallback.Body body;

    private volatile @Nullable Made made;

    /** What there is from the first start on. */
    private record Made(IOLoop loop, PeriodicCallback callback) {}

    PeriodicTask(
            PeriodicCallbacks owner,
            String name,
            Object bean,
            Method method,
            PeriodicPlan plan,
            PeriodicCallback.Body body) {
        this.owner = owner;
        this.name = name;
        this.bean = bean;
        this.method = method;
        this.plan = plan;
        this.body = body;
    }

    /** Returns the name, which no other task has. */
    public String name() {
        return name;
    }

    /** Returns the class and the method, with a dot between. */
    public String target() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    /** Returns the method, as declared by the class of the bean. */
    public Method method() {
        return method;
    }

    /** Returns the schedule in words; a dash if that is what it was given. */
    public String schedule() {
        return plan.text();
    }

    /** Returns whether it runs at all: it does not with {@code enabled = "false"}, or a dash as its schedule. */
    public boolean isEnabled() {
        return plan.enabled();
    }

    /** Returns how it stands. */
    public PeriodicStatus status() {
        PeriodicCallback callback = callback();
        return callback != null ? callback.status() : NOT_STARTED;
    }

    /** Returns what runs it; null if it was not started yet, or is not enabled. */
    public @Nullable PeriodicCallback callback() {
        Made now = made;
        return now != null ? now.callback : null;
    }

    /**
     * As {@link PeriodicCallback#trigger()}.
     * @throws IllegalStateException if it is not enabled, or the application is not running
     */
    public boolean trigger() {
        return required("triggered").trigger();
    }

    /**
     * As {@link PeriodicCallback#pause()}.
     * @throws IllegalStateException if it is not enabled, or the application is not running
     */
    public void pause() {
        required("paused").pause();
    }

    /**
     * As {@link PeriodicCallback#resume()}.
     * @throws IllegalStateException if it is not enabled, or the application is not running
     */
    public void resume() {
        required("resumed").resume();
    }

    private PeriodicCallback required(String what) {
        PeriodicCallback callback = callback();
        if (!isEnabled()) {
            throw new IllegalStateException("The periodic task '" + name + "' is disabled, so it can't be " + what
                    + "; enable it with `" + PeriodicOverrides.PREFIX + name + ".enabled=true` and a schedule");
        }
        if (callback == null || !owner.isRunning()) {
            throw new IllegalStateException("The periodic task '" + name + "' can't be " + what
                    + ", as the application starts or stops; do it while it runs");
        }
        return callback;
    }

    // ---- for the package

    Object bean() {
        return bean;
    }

    PeriodicPlan plan() {
        return plan;
    }

    @Nullable
    IOLoop loop() {
        Made now = made;
        return now != null ? now.loop : null;
    }

    void start(IOLoop on, PeriodicCallbacks.Observers observers) {
        Made now = made;
        if (now == null) {
            now = new Made(
                    on,
                    new PeriodicCallback(
                            on,
                            name,
                            Objects.requireNonNull(plan.schedule(), "a task without a schedule is not enabled"),
                            () -> owner.run(this, body),
                            observers.of(bean, method)));
            made = now;
        }
        now.callback.start();
    }

    void stop() {
        PeriodicCallback callback = callback();
        if (callback != null) {
            callback.stop();
        }
    }

    @Override
    public String toString() {
        return target();
    }
}
