/**
 * What the web server does about clients that are slow or silent, for each of its connections.
 */
@NullMarked
package dev.asyncloop.spring.connection;

import org.jspecify.annotations.NullMarked;
