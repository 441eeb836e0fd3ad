package dev.asyncloop.spring.metrics;

import io.micrometer.common.docs.KeyName;

/** The tags of {@link IOLoopMeter}. None has more values than the application has parts. */
public enum IOLoopMeterTag implements KeyName {
    LOOP("loop", "the loop's name, `ioloop` by default"),
    PHI("phi", "`0.5` or `0.99`"),
    KIND("kind", "`coroutine`, or `callback`: timers, periodic methods and what depends on a task, too"),
    COROUTINE_OUTCOME("outcome", "`returned`, `failed` or `cancelled`"),
    CLIENT("client", "the name of the client's bean; `none` where there is no client"),
    REQUEST_OUTCOME("outcome", "`success`, `failure` (also because of the status) or `cancelled`"),
    PHASE("phase", "`queue`, `resolve`, `connect`, `tls`, `first_byte` or `body`"),
    STATE("state", "`active` or `idle`"),
    ROLE("role", "`server` or `client`");

    private final String key;

    private final String description;

    IOLoopMeterTag(String key, String description) {
        this.key = key;
        this.description = description;
    }

    @Override
    public String asString() {
        return key;
    }

    /** Returns what its values are, as text for a page. */
    public String description() {
        return description;
    }
}
