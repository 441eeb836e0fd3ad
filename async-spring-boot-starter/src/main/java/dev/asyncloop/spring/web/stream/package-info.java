/**
 * Answers that are sent, and requests that are read, piece by piece by coroutine handlers.
 */
@NullMarked
package dev.asyncloop.spring.web.stream;

import org.jspecify.annotations.NullMarked;
