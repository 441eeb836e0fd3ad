package dev.asyncloop.internal.connect;

import dev.asyncloop.net.AddressFamily;
import dev.asyncloop.net.AddressFilter;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names as another group does, and lets only addresses through that are of the right family and that a filter
 * allows.
 */
final class FilteringResolverGroup extends AddressResolverGroup<InetSocketAddress> {

    private final AddressResolverGroup<InetSocketAddress> names;

    private final AddressFamily family;

    private final @Nullable AddressFilter filter;

    FilteringResolverGroup(
            AddressResolverGroup<InetSocketAddress> names, AddressFamily family, @Nullable AddressFilter filter) {
        this.names = names;
        this.family = family;
        this.filter = filter;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor, names.getResolver(executor));
    }

    private final class Resolver extends EveryAddressResolver {

        private final AddressResolver<InetSocketAddress> delegate;

        Resolver(EventExecutor executor, AddressResolver<InetSocketAddress> delegate) {
            super(executor);
            this.delegate = delegate;
        }

        @Override
        void find(InetSocketAddress asked, Promise<List<InetSocketAddress>> found) {
            if (delegate.isResolved(asked)) {
                admit(asked, List.of(asked), found);
                return;
            }
            delegate.resolveAll(asked).addListener((Future<List<InetSocketAddress>> all) -> {
                if (all.isSuccess()) {
                    admit(asked, all.getNow(), found);
                } else {
                    found.tryFailure(all.cause());
                }
            });
        }

        /** Returns an IPv4 address in IPv6 form ({@code ::ffff:127.0.0.1}) as what it is: it is connected to as that. */
        private static InetAddress plain(InetSocketAddress address) {
            try {
                return InetAddress.getByAddress(address.getAddress().getAddress());
            } catch (UnknownHostException ex) {
                throw new IllegalArgumentException(ex); // an address's own bytes are never of a wrong length
            }
        }

        private void admit(
                InetSocketAddress asked, List<InetSocketAddress> all, Promise<List<InetSocketAddress>> found) {
            try {
                List<InetSocketAddress> right = all.stream()
                        .filter(address -> family.includes(plain(address)))
                        .toList();
                if (right.isEmpty()) {
                    found.tryFailure(new UnknownHostException(asked.getHostString() + " has no address"
                            + (family == AddressFamily.ANY ? "" : " of the family " + family)));
                    return;
                }
                List<InetSocketAddress> allowed = filter == null
                        ? right
                        : right.stream()
                                .filter(address -> filter.allows(plain(address)))
                                .toList();
                if (allowed.isEmpty()) {
                    found.tryFailure(new AddressRefusedException(plain(right.getFirst())));
                } else {
                    found.trySuccess(allowed);
                }
            } catch (RuntimeException ex) {
                found.tryFailure(ex); // a filter that fails allows nothing
            }
        }
    }
}
