/**
 * How requests and answers look like between reactor-netty and Spring: as Spring's own, which are not for use by others, with
 * less work for each of them.
 */
@NullMarked
package dev.asyncloop.spring.server;

import org.jspecify.annotations.NullMarked;
