/**
 * The application of this project that is measured beside its peers.
 */
@NullMarked
package dev.asyncloop.benchmarks.app;

import org.jspecify.annotations.NullMarked;
