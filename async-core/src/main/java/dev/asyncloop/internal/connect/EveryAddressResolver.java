package dev.asyncloop.internal.connect;

import io.netty.resolver.AddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * A resolver that is asked for every address a connection is made to, literal ones included, and so has the last word on
 * it: there is nothing between what comes out here and the connection.
 */
abstract class EveryAddressResolver implements AddressResolver<InetSocketAddress> {

    private final EventExecutor executor;

    EveryAddressResolver(EventExecutor executor) {
        this.executor = executor;
    }

    /** Begins to find what is to be connected to. */
    abstract void find(InetSocketAddress asked, Promise<List<InetSocketAddress>> found);

    @Override
    public final boolean isSupported(SocketAddress address) {
        return address instanceof InetSocketAddress;
    }

    @Override
    public final boolean isResolved(SocketAddress address) {
        return false;
    }

    @Override
    public final Future<InetSocketAddress> resolve(SocketAddress address) {
        return resolve(address, executor.newPromise());
    }

    @Override
    public final Future<InetSocketAddress> resolve(SocketAddress address, Promise<InetSocketAddress> promise) {
        resolveAll(address).addListener((Future<List<InetSocketAddress>> all) -> {
            if (all.isSuccess()) {
                promise.trySuccess(all.getNow().getFirst());
            } else {
                promise.tryFailure(all.cause());
            }
        });
        return promise;
    }

    @Override
    public final Future<List<InetSocketAddress>> resolveAll(SocketAddress address) {
        return resolveAll(address, executor.newPromise());
    }

    @Override
    public final Future<List<InetSocketAddress>> resolveAll(
            SocketAddress address, Promise<List<InetSocketAddress>> promise) {
        try {
            find((InetSocketAddress) address, promise);
        } catch (RuntimeException ex) {
            promise.tryFailure(ex);
        }
        return promise;
    }

    @Override
    public void close() {}
}
