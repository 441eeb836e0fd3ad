package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.LoopFullException;
import java.util.concurrent.CancellationException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** What a failure of a coroutine means for the request that has started it. */
final class WebFailures {

    private WebFailures() {}

    /** Whether the loop had no room for a coroutine, or has none any more. */
    static boolean isRefused(Throwable failure) {
        return failure instanceof LoopFullException || failure instanceof LoopClosedException;
    }

    /** Whether the end of the loop has cancelled a coroutine, which is no error of its own. */
    static boolean isCutShort(Throwable failure, IOLoop loop) {
        return failure instanceof CancellationException && loop.isClosing();
    }

    /** Returns a failure as the client is to see it: what the loop itself has refused or ended is a 503. */
    static Throwable asWebError(Throwable failure, IOLoop loop) {
        if (isRefused(failure)) {
            return new RequestRefusedException(String.valueOf(failure.getMessage()), failure);
        }
        if (isCutShort(failure, loop)) {
            return new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "The application has ended before the answer", failure);
        }
        return failure;
    }
}
