package dev.asyncloop.spring.shedlock;

import dev.asyncloop.PeriodicSkippedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.LockingTaskExecutor.TaskResult;
import net.javacrumbs.shedlock.core.LockingTaskExecutor.TaskWithResult;
import net.javacrumbs.shedlock.core.LockingTaskExecutorListener;
import net.javacrumbs.shedlock.spring.ExtendedLockConfigurationExtractor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * The locks of {@code @Periodic} methods with ShedLock's {@code @SchedulerLock}, and what has become of their runs. Any
 * thread.
 */
public final class PeriodicLocks implements SmartInitializingSingleton {

    private final LockProviders providers;

    private final ObjectProvider<ExtendedLockConfigurationExtractor> configurations;

    private final ObjectProvider<LockingTaskExecutorListener> listener;

    private final Map<String, LockCounter> counters = new ConcurrentHashMap<>();

    /** Looked at when all beans are there, as lock providers need some of them; guarded by itself. */
    private final List<LockedMethod> unchecked = new ArrayList<>();

    private boolean complete;

    /** Makes the locks; ShedLock's beans are asked for when there is something to lock. */
    public PeriodicLocks(
            BeanFactory beanFactory,
            ObjectProvider<ExtendedLockConfigurationExtractor> configurations,
            ObjectProvider<LockingTaskExecutorListener> listener) {
        this.providers = new LockProviders(beanFactory);
        this.configurations = configurations;
        this.listener = listener;
    }

    /** Returns what has become of the runs, by the locks' names: of all locks that were asked for. */
    public List<PeriodicLock> all() {
        return counters.values().stream()
                .map(LockCounter::read)
                .sorted(Comparator.comparing(PeriodicLock::name))
                .toList();
    }

    /**
     * Finds out whether a method can be locked, when the application's beans are complete.
     * @throws SchedulerLockMisuseException if it can't
     */
    void check(LockedMethod method) {
        method.check();
        synchronized (unchecked) {
            if (!complete) {
                unchecked.add(method);
                return;
            }
        }
        find(method);
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<LockedMethod> methods;
        synchronized (unchecked) {
            complete = true;
            methods = List.copyOf(unchecked);
            unchecked.clear();
        }
        methods.forEach(this::find);
    }

    private void find(LockedMethod method) {
        configuration(method);
        providers.of(method);
    }

    /**
     * Runs a task with the lock of a method. Only in a coroutine.
     * @throws PeriodicSkippedException if another instance has the lock
     * @throws SchedulerLockMisuseException if the method can't be locked
     */
    <T> @Nullable T run(LockedMethod method, TaskWithResult<T> task) throws Throwable {
        LockConfiguration configuration = configuration(method);
        LockProvider provider = new OffTurn(providers.of(method));
        LockCounter counter = counters.computeIfAbsent(configuration.getName(), LockCounter::new);
        LockEvents events = new LockEvents(listener.getIfAvailable(() -> LockingTaskExecutorListener.NO_OP));
        TaskResult<T> result = new DefaultLockingTaskExecutor(asked -> counter.lock(provider, asked), events)
                .executeWithLock(task, configuration);
        if (!result.wasExecuted()) {
            throw new PeriodicSkippedException("Another instance has the lock '" + configuration.getName() + "'");
        }
        return result.getResult();
    }

    private LockConfiguration configuration(LockedMethod method) {
        ExtendedLockConfigurationExtractor extractor = configurations.getIfAvailable();
        if (extractor == null) {
            throw method.misuse(
                    "would run in every instance: locks are not switched on",
                    "put @EnableSchedulerLock(defaultLockAtMostFor = \"10m\") on a configuration class",
                    null);
        }
        try {
            return extractor
                    .getLockConfiguration(method.target(), method.method(), new Object[0])
                    .orElseThrow();
        } catch (RuntimeException ex) {
            throw method.misuse(
                    "can't be understood: " + ex.getMessage(),
                    "correct `name`, `lockAtMostFor` or `lockAtLeastFor`, or the defaults of @EnableSchedulerLock",
                    ex);
        }
    }
}
