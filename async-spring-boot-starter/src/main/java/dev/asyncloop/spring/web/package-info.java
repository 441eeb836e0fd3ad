/**
 * Coroutines as WebFlux handlers.
 */
@NullMarked
package dev.asyncloop.spring.web;

import org.jspecify.annotations.NullMarked;
