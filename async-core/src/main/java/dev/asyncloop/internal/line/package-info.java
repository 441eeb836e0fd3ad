/** A line of those who wait, for locks and channels. */
@NullMarked
package dev.asyncloop.internal.line;

import org.jspecify.annotations.NullMarked;
