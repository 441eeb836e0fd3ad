package dev.asyncloop.spring.shedlock;

import org.jspecify.annotations.Nullable;

/**
 * ShedLock's {@code @SchedulerLock} can't work on a {@code @Periodic} method as it is; stops the start.
 */
public final class SchedulerLockMisuseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    private final String remedy;

    SchedulerLockMisuseException(String problem, String remedy, @Nullable Throwable cause) {
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
