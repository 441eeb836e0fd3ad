/**
 * The turn: who of a loop's coroutines runs, and who is next.
 */
@NullMarked
package dev.asyncloop.internal.turn;

import org.jspecify.annotations.NullMarked;
