package dev.asyncloop.spring.autoconfigure;

import static dev.asyncloop.spring.autoconfigure.PropertyOptions.with;

import dev.asyncloop.websocket.WebSocketOptions;
import java.time.Duration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Turns properties into options of the WebSockets that are served; what can't be names the property and its value. */
final class WebSocketPropertyOptions {

    private static final String PREFIX = "ioloop.websocket.";

    private WebSocketPropertyOptions() {}

    static WebSocketOptions of(WebSocketProperties from) {
        WebSocketOptions to = WebSocketOptions.defaults().withCompression(from.getCompression());
        to = with(
                to,
                PREFIX + "max-message-size",
                from.getMaxMessageSize(),
                (options, size) -> options.withMaxMessageSize(bytes(size.toBytes())));
        to = with(to, PREFIX + "inbox", from.getInbox(), WebSocketOptions::withInbox);
        to = with(
                to,
                PREFIX + "outbox",
                from.getOutbox(),
                (options, outbox) -> options.withOutbox(outbox, from.getOverflow()));
        to = with(to, PREFIX + "close-wait", from.getCloseWait(), WebSocketOptions::withCloseWait);
        Duration interval = from.getPingInterval();
        if (interval.isZero()) {
            return to.withoutPing();
        }
        if (interval.isNegative()) {
            throw new InvalidConfigurationPropertyValueException(
                    PREFIX + "ping-interval", interval, "It must be positive, or 0 for no pings");
        }
        Duration timeout = from.getPingTimeout();
        return with(
                to,
                PREFIX + "ping-timeout",
                timeout != null ? timeout : interval,
                (options, value) -> options.withPing(interval, value));
    }

    private static int bytes(long size) {
        if (size > Integer.MAX_VALUE - 64) { // the longest array
            throw new IllegalArgumentException("A message can't have more than 2 GB; send a larger one in parts");
        }
        return (int) size;
    }
}
