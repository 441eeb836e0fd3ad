package dev.asyncloop.spring.shedlock;

/**
 * What has become of the runs of {@code @Periodic} methods under one lock, in this instance, since its start.
 * @param name the lock's
 * @param obtained how often the lock was obtained, and the method was called
 * @param refused how often another instance had the lock, and the run was left out
 * @param failed how often the lock provider has failed to say, and the run with it
 */
public record PeriodicLock(String name, long obtained, long refused, long failed) {}
