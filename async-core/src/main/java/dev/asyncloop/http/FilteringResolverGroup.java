package dev.asyncloop.http;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names as another group does, and lets only addresses through that a filter allows. As the connection is made to
 * what comes out here, there is nothing between the check and the use; literal addresses come along, too.
 */
final class FilteringResolverGroup extends AddressResolverGroup<InetSocketAddress> {

    private final AddressResolverGroup<InetSocketAddress> names;

    private final @Nullable AddressFilter filter;

    FilteringResolverGroup(AddressResolverGroup<InetSocketAddress> names, @Nullable AddressFilter filter) {
        this.names = names;
        this.filter = filter;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor, names.getResolver(executor));
    }

    @Override
    public void close() {
        super.close();
        names.close();
    }

    /** None of the addresses is allowed. */
    static final class NotAllowedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final InetAddress address;

        NotAllowedException(InetAddress address) {
            super(address + " is not allowed", null, false, false);
            this.address = address;
        }

        InetAddress address() {
            return address;
        }
    }

    private final class Resolver implements AddressResolver<InetSocketAddress> {

        private final EventExecutor executor;

        private final AddressResolver<InetSocketAddress> delegate;

        Resolver(EventExecutor executor, AddressResolver<InetSocketAddress> delegate) {
            this.executor = executor;
            this.delegate = delegate;
        }

        @Override
        public boolean isSupported(SocketAddress address) {
            return delegate.isSupported(address);
        }

        /** Never, so that literal addresses are asked for as well. */
        @Override
        public boolean isResolved(SocketAddress address) {
            return false;
        }

        @Override
        public Future<InetSocketAddress> resolve(SocketAddress address) {
            return resolve(address, executor.newPromise());
        }

        @Override
        public Future<InetSocketAddress> resolve(SocketAddress address, Promise<InetSocketAddress> promise) {
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
        public Future<List<InetSocketAddress>> resolveAll(SocketAddress address) {
            return resolveAll(address, executor.newPromise());
        }

        @Override
        public Future<List<InetSocketAddress>> resolveAll(
                SocketAddress address, Promise<List<InetSocketAddress>> promise) {
            if (delegate.isResolved(address)) {
                admit(List.of((InetSocketAddress) address), promise);
            } else {
                delegate.resolveAll(address).addListener((Future<List<InetSocketAddress>> found) -> {
                    if (found.isSuccess()) {
                        admit(found.getNow(), promise);
                    } else {
                        promise.tryFailure(found.cause());
                    }
                });
            }
            return promise;
        }

        /** Returns an IPv4 address in IPv6 form ({@code ::ffff:127.0.0.1}) as what it is: it is connected to as that. */
        private static InetAddress plain(InetAddress address) {
            try {
                return InetAddress.getByAddress(address.getAddress());
            } catch (UnknownHostException ex) {
                throw new IllegalArgumentException(ex); // an address's own bytes are never of a wrong length
            }
        }

        private void admit(List<InetSocketAddress> found, Promise<List<InetSocketAddress>> promise) {
            try {
                List<InetSocketAddress> allowed = filter == null
                        ? found
                        : found.stream()
                                .filter(address -> filter.allows(plain(address.getAddress())))
                                .toList();
                if (allowed.isEmpty()) {
                    promise.tryFailure(
                            new NotAllowedException(plain(found.getFirst().getAddress())));
                } else {
                    promise.trySuccess(allowed);
                }
            } catch (RuntimeException ex) {
                promise.tryFailure(ex); // a filter that fails allows nothing
            }
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
