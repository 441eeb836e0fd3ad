/**
 * The work that is measured, in both styles.
 */
@NullMarked
package dev.asyncloop.benchmarks;

import org.jspecify.annotations.NullMarked;
