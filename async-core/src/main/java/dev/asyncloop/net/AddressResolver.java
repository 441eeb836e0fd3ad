package dev.asyncloop.net;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Finds the addresses of a host name. Without one, a client asks the DNS servers of the machine, on the loop. Tornado's
 * {@code Resolver}.
 *
 * <p>Called on the event loop for each new connection, so it must not block: what blocks belongs into
 * {@code IOLoop.runInExecutor}, whose task can be returned here. The stage may be completed by any thread. Not asked for
 * literal addresses and for the names in {@link ConnectionOptions#hosts()}.
 */
@FunctionalInterface
public interface AddressResolver {

    /**
     * Begins to look for the addresses of a host; the first of them that can be connected to is used. An empty list, or a
     * failure, fails the connection.
     */
    CompletionStage<List<InetAddress>> resolve(String host);
}
