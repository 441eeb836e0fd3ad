package dev.asyncloop.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits the time a {@link Coroutine @Coroutine} handler, or each of a controller's, may take until its answer begins, the
 * arrival of the request's body included. When it has passed, the coroutine is cancelled and the client gets 504 as a
 * problem detail; an answer that has begun is left alone. On the method it counts instead of the type's, and both instead of
 * {@code ioloop.web.request-timeout}.
 *
 * <p>May be used as a meta-annotation. On what is no {@code @Coroutine} handler, or with a value that can't be, it stops the
 * start. Tornado has nothing like it; there {@code gen.with_timeout} stands in the handler.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TimeLimit {

    /** The limit, such as {@code 2s} or {@code PT1M}, or a placeholder for it; "-" is none. */
    String value();
}
