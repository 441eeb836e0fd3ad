/**
 * Bean methods that run again and again.
 */
@NullMarked
package dev.asyncloop.spring.periodic;

import org.jspecify.annotations.NullMarked;
