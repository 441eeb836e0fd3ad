/**
 * WebSockets on the loop: a client, and the connection, which is the same type for both sides.
 */
@NullMarked
package dev.asyncloop.websocket;

import org.jspecify.annotations.NullMarked;
