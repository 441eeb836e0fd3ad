/**
 * Tornado's programming model in plain Java: the {@link dev.asyncloop.IOLoop}, its coroutines, and what they wait for.
 */
@NullMarked
package dev.asyncloop;

import org.jspecify.annotations.NullMarked;
