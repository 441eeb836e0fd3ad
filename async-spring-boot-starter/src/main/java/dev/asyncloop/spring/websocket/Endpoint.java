package dev.asyncloop.spring.websocket;

import dev.asyncloop.SwitchOn;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/**
 * A method that serves WebSockets. Not itself a {@code HandlerMethod}, so that no other adapter takes it for an ordinary
 * handler.
 *
 * @param switchOn null for what the loop's coroutines do
 */
record Endpoint(
        HandlerMethod method,
        List<String> subprotocols,
        Origins origins,
        @Nullable SwitchOn switchOn) {

    Endpoint with(HandlerMethod resolved) {
        return new Endpoint(resolved, subprotocols, origins, switchOn);
    }

    @Override
    public String toString() {
        return method.toString();
    }
}
