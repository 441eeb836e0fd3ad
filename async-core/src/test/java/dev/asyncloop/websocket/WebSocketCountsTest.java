package dev.asyncloop.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketCountsTest {

    /** Only its numbers are asked for. */
    private static WebSocket dropping(long messages) {
        return (WebSocket) Proxy.newProxyInstance(
                WebSocketCountsTest.class.getClassLoader(),
                new Class<?>[] {WebSocket.class},
                (proxy, method, arguments) -> method.getReturnType() == long.class ? (Object) messages : (Object) 0);
    }

    @Test
    void whatIsClosedWhileItIsLookedAtCountsOnce() {
        WebSocketCounts counts = new WebSocketCounts();
        WebSocket socket = dropping(3);
        counts.opened();
        assertThat(counts.with(() -> {
                            counts.closed(socket); // after it was seen among the open ones
                            return List.of(socket);
                        })
                        .dropped())
                .isEqualTo(3);
        assertThat(counts.with(List::of)).isEqualTo(new WebSocketStatistics(0, 1, 1, 0, 0, 3));
    }
}
