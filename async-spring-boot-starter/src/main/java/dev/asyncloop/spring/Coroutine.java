package dev.asyncloop.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Makes a WebFlux handler method, or all of a controller's, a coroutine of the application's loop: it reads like blocking
 * code, and where it waits with {@code dev.asyncloop.Async} it leaves the thread to the others. Tornado's
 * {@code async def get(self)}.
 *
 * <p>It takes what an ordinary handler takes, and returns a value, a {@code ResponseEntity}, nothing, a {@code Task} or
 * other {@code CompletionStage}, which is waited for, or a {@code Publisher}, which is passed on. A client that goes away
 * cancels it. An {@code @ExceptionHandler} method of a controller or of {@code @ControllerAdvice} may be a coroutine, too.
 * May be used as a meta-annotation; on anything that is no handler it stops the start.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface Coroutine {

    /** Where the handler gives way to the others. */
    SwitchOn switchOn() default SwitchOn.INHERIT;

    /** Where a handler gives way to the others. */
    enum SwitchOn {
        /** As its controller says, or else {@code ioloop.coroutine.switch-on}. */
        INHERIT,
        /** Where it waits in {@code dev.asyncloop.Async}, and nowhere else: what lies between two waits needs no lock. */
        AWAIT,
        /**
         * Also in every wait of the JDK's: for a handler full of code that blocks. No longer free of locks. Needs the
         * event-loop carrier; on the other one it stops the start.
         */
        ANY
    }
}
