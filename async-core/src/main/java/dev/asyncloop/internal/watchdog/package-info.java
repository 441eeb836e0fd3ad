/**
 * Finds out what holds a loop too long.
 */
@NullMarked
package dev.asyncloop.internal.watchdog;

import org.jspecify.annotations.NullMarked;
