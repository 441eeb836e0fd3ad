/**
 * Measures this project and its peers on the same work, in one run.
 */
@NullMarked
package dev.asyncloop.benchmarks.runner;

import org.jspecify.annotations.NullMarked;
