/**
 * {@code @Periodic} methods that run once per cluster, by ShedLock.
 */
@NullMarked
package dev.asyncloop.spring.shedlock;

import org.jspecify.annotations.NullMarked;
