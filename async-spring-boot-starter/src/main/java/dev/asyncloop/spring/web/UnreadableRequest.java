package dev.asyncloop.spring.web;

import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebInputException;

/**
 * Gives what is wrong with a request that could not be read its status. Spring does so for {@code @RequestBody} only; of
 * forms, parts and files the bare failure arrives, and would be an error of the server.
 */
final class UnreadableRequest {

    /** How the failure begins that Spring has no type for. */
    private static final String TOO_MANY_PARTS = "Too many parts";

    private UnreadableRequest() {}

    /** Returns the failure of an argument as one with a status: 413 for too much, 400 for what can't be understood. */
    static Throwable asWebError(Throwable failure) {
        if (failure instanceof DataBufferLimitException) {
            return new ContentTooLargeException(failure);
        }
        if (failure instanceof DecodingException) {
            String message = failure.getMessage();
            return message != null && message.startsWith(TOO_MANY_PARTS)
                    ? new ContentTooLargeException(failure)
                    : new ServerWebInputException("Failed to read HTTP message", null, failure);
        }
        return failure;
    }
}
