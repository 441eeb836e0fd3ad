package dev.asyncloop.spring.periodic;

import dev.asyncloop.IOLoop;
import dev.asyncloop.PeriodicCallback;
import dev.asyncloop.PeriodicSchedule;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * The periodic callbacks of the application's beans. They start after everything else, the web server included, and stop
 * before it; the stop waits for those that run, within {@code spring.lifecycle.timeout-per-shutdown-phase}. Any thread.
 */
public final class PeriodicCallbacks implements SmartLifecycle {

    private final ObjectProvider<IOLoop> loop;

    private final Map<Object, List<Entry>> byBean = new IdentityHashMap<>();

    private boolean running;

    /** How many bodies run now. */
    private int active;

    /** What waits for the last of them. */
    private final List<Runnable> onIdle = new ArrayList<>();

    /** Makes an empty set; the loop is asked for when there is something to start, and no earlier. */
    public PeriodicCallbacks(ObjectProvider<IOLoop> loop) {
        this.loop = loop;
    }

    /** Adds a callback, and starts it if the application runs. */
    void add(Object bean, String name, PeriodicSchedule schedule, PeriodicCallback.Body body) {
        Entry entry = new Entry(bean, name, schedule, body);
        synchronized (this) {
            byBean.computeIfAbsent(bean, key -> new ArrayList<>()).add(entry);
            if (!running) {
                return;
            }
        }
        start(List.of(entry));
    }

    /** Stops and forgets the callbacks of a bean. */
    synchronized void remove(Object bean) {
        List<Entry> entries = byBean.remove(bean);
        if (entries != null) {
            entries.forEach(Entry::stop);
        }
    }

    synchronized boolean contains(Object bean) {
        return byBean.containsKey(bean);
    }

    private synchronized List<Entry> entries() {
        return byBean.values().stream().flatMap(List::stream).toList();
    }

    /** Returns the callbacks that were started. */
    public List<PeriodicCallback> all() {
        return entries().stream()
                .map(entry -> entry.callback)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public void start() {
        synchronized (this) {
            running = true;
        }
        start(entries());
    }

    private void start(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        IOLoop on = loop.getObject(); // without the lock: it may have to be made
        synchronized (this) {
            if (running) {
                entries.forEach(entry -> entry.start(on));
            }
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
            byBean.values().forEach(entries -> entries.forEach(Entry::stop));
            if (active > 0) {
                onIdle.add(callback);
                return;
            }
        }
        callback.run();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    private synchronized void begun() {
        active++;
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

    /** One annotated method of one bean. */
    private final class Entry {

        private final Object bean;

        private final String name;

        private final PeriodicSchedule schedule;

        private final PeriodicCallback.Body body;

        private @Nullable PeriodicCallback callback;

        Entry(Object bean, String name, PeriodicSchedule schedule, PeriodicCallback.Body body) {
            this.bean = bean;
            this.name = name;
            this.schedule = schedule;
            this.body = body;
        }

        void start(IOLoop on) {
            PeriodicCallback made = callback;
            if (made == null) {
                made = new PeriodicCallback(on, name, schedule, this::run);
                callback = made;
            }
            if (contains(bean)) { // the bean may be gone meanwhile
                made.start();
            }
        }

        void stop() {
            if (callback != null) {
                callback.stop();
            }
        }

        private void run() throws Exception {
            begun();
            try {
                body.run();
            } finally {
                ended();
            }
        }
    }
}
