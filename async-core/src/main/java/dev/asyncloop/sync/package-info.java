/**
 * Locks, semaphores, events and conditions for coroutines of one loop: who waits gives the turn to the others. First in,
 * first out, cancellable, and nothing that is handed over is lost.
 *
 * <p>Who has the turn is alone anyway; these are for what has to hold across a wait. Tornado's {@code tornado.locks}.
 */
@NullMarked
package dev.asyncloop.sync;

import org.jspecify.annotations.NullMarked;
