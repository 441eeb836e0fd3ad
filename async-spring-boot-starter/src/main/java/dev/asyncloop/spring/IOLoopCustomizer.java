package dev.asyncloop.spring;

import dev.asyncloop.IOLoopOptions;

/**
 * Changes the options of the application's loop before it is made; a bean, applied after the properties.
 */
@FunctionalInterface
public interface IOLoopCustomizer {

    /** Returns the options to use instead of the given ones. */
    IOLoopOptions customize(IOLoopOptions options);
}
