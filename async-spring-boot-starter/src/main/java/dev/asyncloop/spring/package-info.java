/**
 * What an application writes on its beans.
 */
@NullMarked
package dev.asyncloop.spring;

import org.jspecify.annotations.NullMarked;
