/**
 * The HTTP client that lives on the loop.
 */
@NullMarked
package dev.asyncloop.http;

import org.jspecify.annotations.NullMarked;
