/** A live status board: watches URLs from one {@link dev.asyncloop.IOLoop} and shows how they do. */
@NullMarked
package dev.asyncloop.demo;

import org.jspecify.annotations.NullMarked;
