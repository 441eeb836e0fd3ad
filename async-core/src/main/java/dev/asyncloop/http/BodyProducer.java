package dev.asyncloop.http;

/**
 * Produces the body of a request while it is sent. Tornado's {@code body_producer}.
 *
 * <pre>{@code
 * FetchRequest.post(url).body(out -> {
 *     for (Order order : orders) {
 *         out.write(toLine(order));           // waits until the connection has room
 *     }
 * }).build();
 * }</pre>
 */
@FunctionalInterface
public interface BodyProducer {

    /**
     * Writes the body; it is complete when this returns. Runs in a coroutine of its own, a child of the one that fetches,
     * when the request has been sent as far as here; cancelled when the fetch ends before. What it throws is what the
     * fetch fails with.
     */
    void produce(BodyWriter out) throws Exception;
}
