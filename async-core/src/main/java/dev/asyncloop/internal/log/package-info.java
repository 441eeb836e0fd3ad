/**
 * Saying what went wrong.
 */
@NullMarked
package dev.asyncloop.internal.log;

import org.jspecify.annotations.NullMarked;
