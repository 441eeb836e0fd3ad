/**
 * For tests of code that lives on a loop.
 */
@NullMarked
package dev.asyncloop.testing;

import org.jspecify.annotations.NullMarked;
