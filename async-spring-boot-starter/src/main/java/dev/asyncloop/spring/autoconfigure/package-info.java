/**
 * Auto-configuration of the loop and of what lives on it.
 */
@NullMarked
package dev.asyncloop.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
