/**
 * Finds out what keeps a loop's turn too long.
 */
@NullMarked
package dev.asyncloop.internal.watchdog;

import org.jspecify.annotations.NullMarked;
