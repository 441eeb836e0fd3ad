/** WebSockets that the application serves, each with a coroutine of its own. */
@NullMarked
package dev.asyncloop.spring.websocket;

import org.jspecify.annotations.NullMarked;
