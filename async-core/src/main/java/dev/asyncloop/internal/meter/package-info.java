/**
 * What a loop measures of itself all the time.
 */
@NullMarked
package dev.asyncloop.internal.meter;

import org.jspecify.annotations.NullMarked;
