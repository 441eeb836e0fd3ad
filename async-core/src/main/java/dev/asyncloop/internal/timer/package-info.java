/**
 * The timers of a loop.
 */
@NullMarked
package dev.asyncloop.internal.timer;

import org.jspecify.annotations.NullMarked;
