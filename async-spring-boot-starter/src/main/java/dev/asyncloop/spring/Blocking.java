package dev.asyncloop.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a bean's methods, or one of them, block in the JDK: a repository, a JDBC or JPA service. Called in a coroutine
 * they give its turn away for their duration, as {@code Async.blocking} does; called elsewhere they just run. Only calls
 * through the bean's proxy count, as with {@code @Transactional}. Tornado's {@code run_on_executor} is its counterpart,
 * which needs another thread for it.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Blocking {}
