/**
 * The application's {@link dev.asyncloop.http.AsyncHttpClient}, filled with Spring's parts.
 */
@NullMarked
package dev.asyncloop.spring.http;

import org.jspecify.annotations.NullMarked;
