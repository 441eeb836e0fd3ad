package dev.asyncloop.spring.periodic;

import org.jspecify.annotations.Nullable;

/**
 * {@link dev.asyncloop.spring.Periodic @Periodic} can't work as it is written; stops the start.
 */
public final class PeriodicMisuseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    private final String remedy;

    PeriodicMisuseException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem + "; " + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** Returns what is wrong, and where. */
    public String problem() {
        return problem;
    }

    /** Returns what to do about it. */
    public String remedy() {
        return remedy;
    }
}
