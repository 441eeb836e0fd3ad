/**
 * Events for the JDK's Flight Recorder.
 */
@NullMarked
package dev.asyncloop.internal.jfr;

import org.jspecify.annotations.NullMarked;
