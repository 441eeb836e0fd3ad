/**
 * The loop as a part of the application's life.
 */
@NullMarked
package dev.asyncloop.spring.loop;

import org.jspecify.annotations.NullMarked;
