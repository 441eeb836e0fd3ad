package dev.asyncloop.spring.security;

import java.lang.annotation.Annotation;

/**
 * Coroutines are guarded by the reactive method security, which can't guard them; stops the start.
 */
public final class MethodSecurityMisuseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String REMEDY = "use @EnableMethodSecurity instead, which finds the user of the request in a"
            + " coroutine and what it calls; and guard the handlers that are no coroutines by their paths, or make them"
            + " coroutines, too";

    private final String problem;

    MethodSecurityMisuseException(Class<? extends Annotation> guard, String place, String enabling) {
        this("@" + guard.getSimpleName() + " on " + place
                + " can't guard a coroutine: @EnableReactiveMethodSecurity (bean '" + enabling
                + "') allows methods that return a Publisher only, and calls them outside of the coroutine");
    }

    private MethodSecurityMisuseException(String problem) {
        super(problem + "; " + REMEDY);
        this.problem = problem;
    }

    /** Returns what is wrong, without what to do about it. */
    public String problem() {
        return problem;
    }

    /** Returns what to do about it. */
    public String remedy() {
        return REMEDY;
    }
}
