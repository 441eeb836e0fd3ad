/** The console: a page on which one sees what the loop does. */
@NullMarked
package dev.asyncloop.spring.console;

import org.jspecify.annotations.NullMarked;
