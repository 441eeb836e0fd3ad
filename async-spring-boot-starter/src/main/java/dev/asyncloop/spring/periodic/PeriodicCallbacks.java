package dev.asyncloop.spring.periodic;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicObserver;
import dev.asyncloop.PeriodicSkippedException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * The periodic callbacks of the application's beans. They start after everything else, the web server included, and stop
 * before it; the stop waits for those that run, within {@code spring.lifecycle.timeout-per-shutdown-phase}. Any thread.
 */
public final class PeriodicCallbacks implements SmartLifecycle {

    private static final Log log = LogFactory.getLog(PeriodicCallbacks.class);

    /** Says who watches the calls of a method. */
    @FunctionalInterface
    interface Observers {

        PeriodicObserver of(Object bean, Method method);
    }

    private final ObjectProvider<IOLoop> loop;

    private final PeriodicOverrides overrides;

    private final ObjectProvider<PeriodicObservations> observations;

    /** By name: the order in which a class has its methods is any. */
    private final Map<String, PeriodicTask> tasks = new TreeMap<>();

    /** Told of each task that there is or comes, by name. */
    private final List<Consumer<String>> listeners = new ArrayList<>();

    private volatile boolean running;

    /** How many bodies run now. */
    private int active;

    /** What waits for the last of them. */
    private final List<Runnable> onIdle = new ArrayList<>();

    /** Makes an empty set; the loop is asked for when there is something to start, and no earlier. */
    public PeriodicCallbacks(
            ObjectProvider<IOLoop> loop,
            PeriodicOverrides overrides,
            ObjectProvider<PeriodicObservations> observations) {
        this.loop = loop;
        this.overrides = overrides;
        this.observations = observations;
    }

    // ---- which there are

    PeriodicOverrides overrides() {
        return overrides;
    }

    /** Adds a task, and starts it if the application runs. */
    void add(String name, Object bean, Method method, PeriodicPlan plan, PeriodicCallback.Body body) {
        PeriodicTask task = new PeriodicTask(this, name, bean, method, plan, body);
        synchronized (this) {
            PeriodicTask other = tasks.get(name);
            if (other != null) {
                throw new PeriodicMisuseException(
                        "Two periodic tasks have the name '" + name + "': @Periodic on " + other.target() + " and on "
                                + task.target(),
                        "give one of them another `name`; endpoints and properties know them by it",
                        null);
            }
            tasks.put(name, task);
            listeners.forEach(listener -> listener.accept(name));
            if (!running) {
                return;
            }
        }
        startLate(task);
    }

    /** Stops and forgets the tasks of a bean. */
    synchronized void remove(Object bean) {
        tasks.values().removeIf(task -> {
            boolean gone = task.bean() == bean;
            if (gone) {
                task.stop();
            }
            return gone;
        });
    }

    synchronized boolean contains(Object bean) {
        return tasks.values().stream().anyMatch(task -> task.bean() == bean);
    }

    /** Returns the tasks, those that are not enabled included, by name. */
    public synchronized List<PeriodicTask> tasks() {
        return List.copyOf(tasks.values());
    }

    /** Returns the task of this name, if there is one. */
    public synchronized @Nullable PeriodicTask task(String name) {
        return tasks.get(name);
    }

    /** Sets whom to tell the name of each task, of those that there are at once; again when one comes back. Must not wait. */
    public synchronized void onTask(Consumer<String> listener) {
        listeners.add(listener);
        tasks.keySet().forEach(listener);
    }

    /** Returns what to tell who has asked for a task that there is not. */
    public String unknown(String name) {
        return "There is no periodic task '" + name + "'; " + NearNames.of(name, names());
    }

    private synchronized List<String> names() {
        return List.copyOf(tasks.keySet());
    }

    /** Returns the callbacks that were started. */
    public List<PeriodicCallback> all() {
        return tasks().stream()
                .map(PeriodicTask::callback)
                .filter(Objects::nonNull)
                .toList();
    }

    // ---- start and stop

    @Override
    public void start() {
        synchronized (this) {
            running = true;
        }
        warnOfUnknown();
        start(tasks());
    }

    private void warnOfUnknown() {
        List<String> names = names();
        for (String unknown : overrides.unknown(names)) {
            log.warn("`" + PeriodicOverrides.PREFIX + unknown + "` overrides no periodic task that there is now; "
                    + NearNames.of(unknown, names));
        }
    }

    private void start(List<PeriodicTask> all) {
        if (all.stream().anyMatch(PeriodicTask::isEnabled)) {
            start(all, loop.getObject(), observers());
        }
    }

    /** Called without the lock, as the loop is: they may have to be made, and all that they need. */
    private Observers observers() {
        PeriodicObservations observed = observations.getIfAvailable();
        return observed != null ? observed.observers() : (bean, method) -> PeriodicObserver.NONE;
    }

    private synchronized void start(List<PeriodicTask> all, IOLoop on, Observers observers) {
        if (running) {
            all.stream()
                    .filter(task ->
                            task.isEnabled() && tasks.get(task.name()) == task) // its bean may be gone meanwhile
                    .forEach(task -> task.start(on, observers));
        }
    }

    /**
     * Starts a task of a bean that was made late, by a request perhaps: whose trace and user are not the task's, so in a
     * thread that knows neither.
     */
    private void startLate(PeriodicTask task) {
        if (!task.isEnabled()) {
            return;
        }
        IOLoop on = loop.getObject(); // here: another thread could have to wait for the bean that is being made
        Observers observers = observers();
        FutureTask<@Nullable Void> start = new FutureTask<>(() -> start(List.of(task), on, observers), null);
        Thread apart = Thread.ofPlatform()
                .name("start of " + task.name())
                .inheritInheritableThreadLocals(false)
                .unstarted(start);
        apart.setContextClassLoader(Thread.currentThread().getContextClassLoader()); // it was not inherited either
        apart.start();
        boolean interrupted = false;
        while (apart.isAlive()) {
            try {
                apart.join();
            } catch (InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (start.state() == Future.State.FAILED) {
            throw new IllegalStateException(
                    "The periodic task '" + task.name() + "' could not be started", start.exceptionNow());
        }
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        synchronized (this) {
            running = false;
            tasks.values().forEach(PeriodicTask::stop);
            if (active > 0) {
                onIdle.add(callback);
                return;
            }
        }
        callback.run();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // ---- what runs

    /**
     * Runs the body of a task, and has the stop wait for it.
     * @throws PeriodicSkippedException if the application or the task has stopped since the call was due or triggered: nobody
     *     would wait for it any more
     */
    void run(PeriodicTask task, PeriodicCallback.Body body) throws Exception {
        synchronized (this) {
            if (!running || tasks.get(task.name()) != task) {
                throw new PeriodicSkippedException(
                        running ? "Its bean was destroyed meanwhile" : "The application has stopped meanwhile");
            }
            active++;
        }
        try {
            body.run();
        } finally {
            ended();
        }
    }

    private void ended() {
        List<Runnable> idle = List.of();
        synchronized (this) {
            active--;
            if (active == 0) {
                idle = List.copyOf(onIdle);
                onIdle.clear();
            }
        }
        idle.forEach(Runnable::run);
    }
}
