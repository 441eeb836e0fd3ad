package dev.asyncloop.spring.shedlock;

import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutorListener;

/**
 * Tells a listener of the lock only: of the task it hears from ShedLock's own interceptor, which finds the lock held
 * already.
 */
record LockEvents(LockingTaskExecutorListener listener) implements LockingTaskExecutorListener {

    @Override
    public void onLockAttempt(LockConfiguration configuration) {
        listener.onLockAttempt(configuration);
    }

    @Override
    public void onLockAcquired(LockConfiguration configuration) {
        listener.onLockAcquired(configuration);
    }

    @Override
    public void onLockNotAcquired(LockConfiguration configuration) {
        listener.onLockNotAcquired(configuration);
    }
}
