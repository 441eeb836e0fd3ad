/**
 * What carries the coroutines: platform threads, virtual threads, Netty's event loop.
 */
@NullMarked
package dev.asyncloop.internal.carrier;

import org.jspecify.annotations.NullMarked;
