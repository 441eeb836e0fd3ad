package dev.asyncloop;

import dev.asyncloop.testing.LoopTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test that is a coroutine on a loop in virtual time, run once on each carrier. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@LoopTest(
        timeout = "30s",
        carriers = {Carrier.EVENT_LOOP, Carrier.JDK})
public @interface InVirtualTime {}
