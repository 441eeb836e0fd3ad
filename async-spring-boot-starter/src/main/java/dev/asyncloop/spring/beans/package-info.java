/**
 * What is known of beans before somebody looks at them.
 */
@NullMarked
package dev.asyncloop.spring.beans;

import org.jspecify.annotations.NullMarked;
