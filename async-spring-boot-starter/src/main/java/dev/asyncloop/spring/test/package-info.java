/**
 * For tests of applications that live on a loop.
 */
@NullMarked
package dev.asyncloop.spring.test;

import org.jspecify.annotations.NullMarked;
