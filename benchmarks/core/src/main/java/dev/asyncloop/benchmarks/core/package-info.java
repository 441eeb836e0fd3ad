/**
 * What the core's operations cost, beside those of plain virtual threads and of Kotlin's coroutines.
 */
@NullMarked
package dev.asyncloop.benchmarks.core;

import org.jspecify.annotations.NullMarked;
