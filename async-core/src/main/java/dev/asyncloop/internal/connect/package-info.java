/**
 * Makes connections as {@code dev.asyncloop.net} says, with Reactor Netty.
 */
@NullMarked
package dev.asyncloop.internal.connect;

import org.jspecify.annotations.NullMarked;
