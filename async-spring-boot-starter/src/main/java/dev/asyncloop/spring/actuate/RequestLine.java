package dev.asyncloop.spring.actuate;

import dev.asyncloop.spring.web.CoroutineRequests;
import java.util.List;

/**
 * The requests that coroutine handlers have, and those that wait. Any thread.
 */
public final class RequestLine implements WaitingLines {

    private final CoroutineRequests requests;

    /** Makes one. */
    public RequestLine(CoroutineRequests requests) {
        this.requests = requests;
    }

    @Override
    public List<WaitingLine> lines() {
        return List.of(new WaitingLine(
                "requests",
                requests.running(),
                requests.maxRunning(),
                requests.waiting(),
                requests.maxWaiting(),
                requests.refused()));
    }
}
