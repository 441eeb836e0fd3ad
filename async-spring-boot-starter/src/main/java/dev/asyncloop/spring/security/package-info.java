/**
 * Spring Security in coroutines.
 */
@NullMarked
package dev.asyncloop.spring.security;

import org.jspecify.annotations.NullMarked;
