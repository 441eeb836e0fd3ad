/**
 * Beans whose methods give the turn away.
 */
@NullMarked
package dev.asyncloop.spring.blocking;

import org.jspecify.annotations.NullMarked;
