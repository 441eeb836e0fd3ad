package dev.asyncloop.spring.web;

/**
 * {@link dev.asyncloop.spring.Coroutine @Coroutine} stands where it can't work; stops the start.
 */
public final class CoroutineMisuseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    CoroutineMisuseException(String message, String remedy) {
        super(message + "; " + remedy);
        this.remedy = remedy;
    }

    /** Returns what to do about it. */
    public String remedy() {
        return remedy;
    }
}
