/**
 * What is measured, as meters of Micrometer.
 */
@NullMarked
package dev.asyncloop.spring.metrics;

import org.jspecify.annotations.NullMarked;
