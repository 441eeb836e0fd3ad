package dev.asyncloop.spring.websocket;

/**
 * {@link dev.asyncloop.spring.WebSocketMapping @WebSocketMapping} can't work as it is written; stops the start.
 */
public final class WebSocketMisuseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    private final String remedy;

    WebSocketMisuseException(String problem, String remedy) {
        super(problem + "; " + remedy);
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
