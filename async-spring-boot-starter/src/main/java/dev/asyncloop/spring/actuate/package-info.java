/**
 * What Spring Boot's actuator tells about the loop.
 */
@NullMarked
package dev.asyncloop.spring.actuate;

import org.jspecify.annotations.NullMarked;
