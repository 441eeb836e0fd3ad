package dev.asyncloop.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An event that a server has sent.
 *
 * @param id the last id that the server has given, with this event or an earlier one, or else
 *     {@link EventSource#withLastEventId}; empty if there is none
 * @param event the type; {@code message} if the server has given none
 * @param data the data, its lines separated by line feeds
 * @param retry how long to wait before reconnecting, if the server has said so with this event
 */
public record ServerSentEvent(
        String id, String event, String data, @Nullable Duration retry) {}
